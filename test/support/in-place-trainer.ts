import type { Trainer } from "../../src/stream/index.js";
import { type TendJob, type TrainingJob, tend, trainForecaster } from "../../src/training/index.js";

/** Trains and tends at once, in this thread; remembers its jobs. */
export function inPlaceTrainer(): Trainer & {
  readonly jobs: TrainingJob[];
  readonly tended: TendJob[];
} {
  const jobs: TrainingJob[] = [];
  const tended: TendJob[] = [];
  return {
    jobs,
    tended,
    train: async (job) => {
      jobs.push(job);
      return trainForecaster(job);
    },
    tend: async (job) => {
      tended.push(job);
      return tend(job);
    },
  };
}
