import type { Batch } from "../core/index.js";
import type { LearningReport } from "../stream/index.js";

/** Somebody who looks on while a pipeline runs (a dashboard). It must be quick: events wait for it. */
export interface Watcher {
  /** After each commit; left out: it costs nothing. */
  readonly onCommitted?: (batch: Batch) => void;
  readonly onLearning?: (report: LearningReport) => void;
}
