import type { Clock } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";
import type { PipelineStore } from "../store/index.js";
import { commitOf, type PipelineScope, type Resumed, resume } from "../stream/index.js";
import { feedHistory } from "./history.js";
import type { Log } from "./log.js";
import { untilClockIsSane } from "./sane-clock.js";

export interface ResumeLiveOptions {
  readonly pipeline: Pipeline;
  readonly store: PipelineStore;
  /** A recording that is stepped first when the store is still empty. */
  readonly history: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** The recording has been stepped up to here. */
  readonly onReached: (position: number) => void;
}

/** Brings a live pipeline's stages to where they were: from the store, and on an empty one from a recording. */
export async function resumeLive(scope: PipelineScope, options: ResumeLiveOptions): Promise<Resumed> {
  const { pipeline, store, history, clock, log, onReached } = options;
  await untilClockIsSane(clock, log);
  const resumed = await resume(scope, {
    pager: scope.pager,
    onBatch: async (batch) => {
      // Only under a changed pipeline are there events whose outcome is not in the store.
      const last = batch.events.at(-1)?.position ?? 0;
      if (last > store.steppedPosition()) await store.commit(commitOf(batch));
    },
  });
  if (resumed.to > 0) {
    log.info(
      `${pipeline.name}: goes on after event ${resumed.to} (${resumed.to - resumed.from} stepped again)`,
    );
  }
  if (history === undefined) return resumed;
  const to = await feedHistory({ scope, store, pipeline, file: history, log, onReached });
  return { from: resumed.from, to };
}
