import { ByteReader, type Request } from "../core/index.js";
import type { Page, PipelineReader } from "../store/index.js";
import { type Forgotten, readForgotten, writeForgotten } from "./forgotten.js";
import type { PageLine } from "./page-line.js";
import { SEQUENCE_SLOT } from "./sequence-stage.js";

export interface GoneKeysOptions {
  readonly store: Pick<PipelineReader, "page" | "clearedUpTo">;
  readonly line: PageLine;
  readonly isResident: (key: string) => boolean;
}

/**
 * Decides, where a request `forget` stands in the stream, which of the keys that it names are gone indeed, and lets it
 * name those alone. That is decided once: the log says whom, and every replay does what it says. A key is gone if nothing
 * of it is in memory or under way to the store, and its page there says no more than how many events it had and is no
 * newer than all that retention has taken: then no snapshot and no row that is left knows more of it.
 */
export function narrowToGone(request: Request, { store, line, isResident }: GoneKeysOptions): void {
  const until = store.clearedUpTo();
  const gone: Forgotten[] = [];
  for (const { key } of readForgotten(request.body)) {
    // Under the key "" stands what belongs to none.
    if (key === "" || isResident(key) || line.find(key) !== undefined) continue;
    const page = store.page(key);
    if (page === undefined || page.heard !== null || page.position > until) continue;
    gone.push({ key, count: countIn(page) });
    line.forget(key);
  }
  request.body = writeForgotten(gone);
  if (gone.length > 0) return;
  const message = "Cannot forget keys: expected some that are gone, found that all of them are back";
  request.refusal = { code: "NOBODY_IS_GONE", message };
}

function countIn({ entries }: Page): number {
  const bytes = entries.find(({ slot }) => slot === SEQUENCE_SLOT)?.bytes;
  return bytes === undefined ? 0 : new ByteReader(bytes, `state slot "${SEQUENCE_SLOT}"`).f64();
}
