import type {
  TendJob,
  TendResult,
  TrainingJob,
  TrainingProgress,
  TrainingResult,
} from "../training/index.js";

/** Trains networks somewhere else than on the event path: in a worker thread, or at once in a test. */
export interface Trainer {
  /** @param budget share of one core that this kind of job may take on average, in (0, 1] */
  train(
    job: TrainingJob,
    onProgress: (progress: TrainingProgress) => void,
    budget: number,
  ): Promise<TrainingResult>;
  tend(job: TendJob, budget: number): Promise<TendResult>;
}
