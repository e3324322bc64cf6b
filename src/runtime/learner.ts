import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Trainer } from "../stream/index.js";
import type {
  TendJob,
  TendResult,
  TrainingJob,
  TrainingProgress,
  TrainingResult,
} from "../training/index.js";
import type { LearnerReply, LearnerRequest } from "./learner-thread.js";
import type { SpareTime } from "./spare-time.js";

interface Waiting {
  readonly onProgress: (progress: TrainingProgress) => void;
  readonly resolve: (result: TrainingResult | TendResult) => void;
  readonly reject: (error: Error) => void;
}

/** A job, of either kind. */
type Asked = LearnerRequest extends infer R ? (R extends unknown ? Omit<R, "id" | "budget"> : never) : never;

/** How often it is looked whether there is time to spare, ms. */
const LOOK_EVERY_MS = 5000;
/** Without work for so long the thread ends: what it learned with is memory that others can use. */
const IDLE_MS = 3_000;

export interface LearnerOptions {
  /** Whether a job that has a budget has to wait; default: for nothing. */
  readonly spareTime?: Pick<SpareTime, "obstacle">;
  /** Told why a job waits, once. */
  readonly onWaiting?: (why: string) => void;
}

/**
 * Trains and tends in one worker thread, a job at a time, so that learning never holds up an event. The thread is
 * started with a job, ends when there has been none for a while, and doesn't keep the process alive on its own.
 */
export class Learner implements Trainer {
  readonly #options: LearnerOptions;
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();
  #isClosed = false;

  constructor(options: LearnerOptions = {}) {
    this.#options = options;
  }

  async train(
    job: TrainingJob,
    onProgress: (progress: TrainingProgress) => void,
    budget = 1,
  ): Promise<TrainingResult> {
    return (await this.#within(budget, { kind: "train", job }, onProgress)) as TrainingResult;
  }

  async tend(job: TendJob, budget = 1): Promise<TendResult> {
    return (await this.#within(budget, { kind: "tend", job }, () => {})) as TendResult;
  }

  async #within(
    budget: number,
    asked: Asked,
    onProgress: (progress: TrainingProgress) => void,
  ): Promise<TrainingResult | TendResult> {
    if (budget < 1) await this.#untilSpare();
    return this.#post({ ...asked, budget }, onProgress);
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

  #post(
    asked: Asked & { readonly budget: number },
    onProgress: (progress: TrainingProgress) => void,
  ): Promise<TrainingResult | TendResult> {
    const thread = this.#start();
    clearTimeout(this.#idle);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { onProgress, resolve, reject });
      thread.ref();
      thread.postMessage({ ...asked, id });
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#thread?.terminate();
  }

  #start(): Worker {
    if (this.#thread) return this.#thread;
    const thread = new Worker(createRequire(import.meta.url).resolve("#learner-thread"));
    thread.on("message", (reply: LearnerReply) => this.#settle(reply));
    thread.on("error", (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#thread = thread;
    return thread;
  }

  #settle(reply: LearnerReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if ("progress" in reply) {
      waiting.onProgress(reply.progress);
      return;
    }
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#rest();
    if ("result" in reply) waiting.resolve(reply.result);
    else waiting.reject(new Error(`Cannot train the network: ${reply.error}`));
  }

  #rest(): void {
    this.#thread?.unref();
    this.#idle = setTimeout(() => {
      void this.#thread?.terminate();
      this.#thread = undefined;
    }, IDLE_MS).unref();
  }

  #fail(error: Error): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#thread = undefined;
    for (const waiting of all) waiting.reject(error);
  }
}
