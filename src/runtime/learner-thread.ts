import { parentPort, workerData } from "node:worker_threads";
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
import { restfulPace } from "./restful-pace.js";

export interface LearnerThreadData {
  /** Whether it learns only where the others of the process leave room. */
  readonly givesWay: boolean;
}

const data: LearnerThreadData = workerData;
if (data.givesWay) yieldToOtherThreads();

/** What the learner's thread is sent; `budget`: share of one core that it may take while it works. */
export type LearnerRequest = { readonly id: number; readonly budget: number } & (
  | { readonly kind: "train"; readonly job: TrainingJob }
  | { readonly kind: "tend"; readonly job: TendJob }
);

/** What it answers: progress now and then, at the end a result or what went wrong. */
export type LearnerReply =
  | { readonly id: number; readonly progress: TrainingProgress }
  | { readonly id: number; readonly result: TrainingResult | TendResult }
  | { readonly id: number; readonly error: string };

parentPort?.on("message", (request: LearnerRequest) => {
  const { id, budget } = request;
  const pace = restfulPace(budget);
  const reply = (message: LearnerReply) => parentPort?.postMessage(message);
  try {
    const result =
      request.kind === "tend"
        ? tend(request.job, pace)
        : trainForecaster(request.job, (progress) => reply({ id, progress }), pace);
    reply({ id, result });
  } catch (error) {
    reply({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
