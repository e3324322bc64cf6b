import { isDeepStrictEqual } from "node:util";
import type { Pipeline } from "../spec/index.js";
import type { PipelineStore } from "../store/index.js";
import { commitOf, type PipelineScope } from "../stream/index.js";
import type { Log } from "./log.js";
import { recordedRows } from "./recording.js";
import { stepGroup } from "./replay.js";
import { makeReader } from "./sample-reader.js";

export interface HistoryOptions {
  readonly scope: PipelineScope;
  readonly store: PipelineStore;
  readonly pipeline: Pipeline;
  readonly file: string;
  readonly log: Log;
  /** Called before events up to a position are committed: they are no news to anyone. */
  readonly onReached: (position: number) => void;
}

/**
 * Steps a recording into a store that is still empty, so that states, scales and thresholds start warm. It
 * becomes the beginning of the journal. Where the journal is a part of it, it was interrupted, and goes on.
 * A store that holds anything else is left alone: the stream has gone on since.
 *
 * @returns the position reached
 */
export async function feedHistory(options: HistoryOptions): Promise<number> {
  const { scope, store, pipeline, file, log, onReached } = options;
  const before = store.lastPosition();
  const { reader } = makeReader(pipeline, "recording");
  let position = 0;
  let unread = 0;
  for await (const group of recordedRows(file, reader)) {
    const samples = group.flatMap(({ outcome }) => ("sample" in outcome ? [outcome.sample] : []));
    const stored = position < before ? store.journal(position, samples.length) : [];
    if (!stored.every(({ sample }, i) => isDeepStrictEqual(sample, samples[i]))) break;
    position += stored.length;
    if (stored.length > 0 && stored.length === samples.length) continue;
    const known = new Set(samples.slice(0, stored.length));
    const rest = group.filter(({ outcome }) => !("sample" in outcome && known.has(outcome.sample)));
    const batch = await stepGroup(scope.stages, rest, (one) => scope.step(one));
    unread += batch.deadLetters.length;
    position = batch.events.at(-1)?.position ?? position;
    onReached(position);
    await store.commit({ ...commitOf(batch), deadLetters: [] });
    scope.pager?.relieve();
    await scope.pager?.flush();
  }
  if (position <= before) {
    log.info(`${pipeline.name}: history left alone, the store holds ${before} events already`);
    return before;
  }
  const left = unread > 0 ? `, ${unread} rows could not be read` : "";
  log.info(`${pipeline.name}: history of ${position} events stepped${left}`);
  return position;
}
