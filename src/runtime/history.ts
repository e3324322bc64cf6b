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
}

/**
 * Steps a recording into a store that is still empty, so that states, scales and thresholds start warm. It
 * becomes the beginning of the journal. On a store that has events already it is left alone: it has been
 * stepped, and the stream has gone on since.
 *
 * @returns the position reached
 */
export async function feedHistory({ scope, store, pipeline, file, log }: HistoryOptions): Promise<number> {
  const before = store.lastPosition();
  if (before > 0) {
    log.info(`${pipeline.name}: history left alone, the store holds ${before} events already`);
    return before;
  }
  const { reader } = makeReader(pipeline, "recording");
  let position = 0;
  let unread = 0;
  for await (const group of recordedRows(file, reader)) {
    const batch = await stepGroup(scope.stages, group);
    unread += batch.deadLetters.length;
    await store.commit({ ...commitOf(batch), deadLetters: [] });
    position = batch.events.at(-1)?.position ?? position;
  }
  const left = unread > 0 ? `, ${unread} rows could not be read` : "";
  log.info(`${pipeline.name}: history of ${position} events stepped${left}`);
  return position;
}
