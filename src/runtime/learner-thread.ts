import { parentPort } from "node:worker_threads";
import {
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
  trainForecaster,
} from "../training/index.js";

/** What the learner's thread is sent. */
export interface LearnerRequest {
  readonly id: number;
  readonly job: TrainingJob;
}

/** What it answers: progress now and then, at the end a result or what went wrong. */
export type LearnerReply =
  | { readonly id: number; readonly progress: TrainingProgress }
  | { readonly id: number; readonly result: TrainingResult }
  | { readonly id: number; readonly error: string };

parentPort?.on("message", ({ id, job }: LearnerRequest) => {
  const reply = (message: LearnerReply) => parentPort?.postMessage(message);
  try {
    const result = trainForecaster(job, (progress) => reply({ id, progress }));
    reply({ id, result });
  } catch (error) {
    reply({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
