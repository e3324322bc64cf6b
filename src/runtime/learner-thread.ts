import { parentPort } from "node:worker_threads";
import {
  type TendJob,
  type TendResult,
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
  tend,
  trainForecaster,
} from "../training/index.js";
import { yieldToOtherThreads } from "./background-thread.js";

yieldToOtherThreads();

/** What the learner's thread is sent. */
export type LearnerRequest = { readonly id: number } & (
  | { readonly kind: "train"; readonly job: TrainingJob }
  | { readonly kind: "tend"; readonly job: TendJob }
);

/** What it answers: progress now and then, at the end a result or what went wrong. */
export type LearnerReply =
  | { readonly id: number; readonly progress: TrainingProgress }
  | { readonly id: number; readonly result: TrainingResult | TendResult }
  | { readonly id: number; readonly error: string };

parentPort?.on("message", (request: LearnerRequest) => {
  const { id } = request;
  const reply = (message: LearnerReply) => parentPort?.postMessage(message);
  try {
    const result =
      request.kind === "tend"
        ? tend(request.job)
        : trainForecaster(request.job, (progress) => reply({ id, progress }));
    reply({ id, result });
  } catch (error) {
    reply({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
