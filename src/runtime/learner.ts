import { setTimeout as pause } from "node:timers/promises";
import type { Trainer } from "../stream/index.js";
import type {
  TendJob,
  TendResult,
  TrainingJob,
  TrainingProgress,
  TrainingResult,
} from "../training/index.js";
import { type Asked, LearnerLine } from "./learner-line.js";
import type { SpareTime } from "./spare-time.js";

/** How often it is looked whether there is time to spare, ms. */
const LOOK_EVERY_MS = 5000;

export interface LearnerOptions {
  /** Whether a job that has a budget has to wait; default: for nothing. */
  readonly spareTime?: Pick<SpareTime, "obstacle">;
  /** Told why a job waits, once. */
  readonly onWaiting?: (why: string) => void;
}

/**
 * Trains and tends in worker threads, so that learning never holds up an event: what the stream goes on without, in one
 * that gives way to everything else; what it waits for, in one of its own.
 */
export class Learner implements Trainer {
  readonly #options: LearnerOptions;
  readonly #spare = new LearnerLine({ givesWay: true });
  readonly #prompt = new LearnerLine({ givesWay: false });
  #isClosed = false;

  constructor(options: LearnerOptions = {}) {
    this.#options = options;
  }

  async train(
    job: TrainingJob,
    onProgress: (progress: TrainingProgress) => void,
    budget = 1,
  ): Promise<TrainingResult> {
    return (await this.#ask({ kind: "train", job, budget }, onProgress)) as TrainingResult;
  }

  async tend(job: TendJob, budget = 1): Promise<TendResult> {
    return (await this.#ask({ kind: "tend", job, budget }, () => {})) as TendResult;
  }

  async #ask(
    asked: Asked,
    onProgress: (progress: TrainingProgress) => void,
  ): Promise<TrainingResult | TendResult> {
    if (asked.budget === 1) return this.#prompt.ask(asked, onProgress);
    await this.#untilSpare();
    return this.#spare.ask(asked, onProgress);
  }

  /** Events, heat and batteries go first. */
  async #untilSpare(): Promise<void> {
    const { spareTime, onWaiting } = this.#options;
    let told: string | undefined;
    while (!this.#isClosed) {
      const why = spareTime?.obstacle;
      if (why === undefined) return;
      if (told === undefined) onWaiting?.(why);
      told ??= why;
      await pause(LOOK_EVERY_MS, undefined, { ref: false });
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#spare.close(), this.#prompt.close()]);
  }
}
