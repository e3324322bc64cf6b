import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { TendResult, TrainingProgress, TrainingResult } from "../training/index.js";
import type { LearnerReply, LearnerRequest, LearnerThreadData } from "./learner-thread.js";

/** What a learner's thread is asked, without its number. */
export type Asked = LearnerRequest extends infer R ? (R extends unknown ? Omit<R, "id"> : never) : never;

interface Waiting {
  readonly onProgress: (progress: TrainingProgress) => void;
  readonly resolve: (result: TrainingResult | TendResult) => void;
  readonly reject: (error: Error) => void;
}

/** Without work for so long the thread ends: what it learned with is memory that others can use. */
const IDLE_MS = 3_000;
/** What is new in a thread takes two thirds of it, MB: examples that are made to be stepped once. */
const YOUNG_MB = 24;

/**
 * One worker thread that trains and tends, a job at a time. It is started with a job, ends when there has been none for a
 * while, and doesn't keep the process alive on its own.
 */
export class LearnerLine {
  readonly #data: LearnerThreadData;
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #next = 1;
  readonly #waiting = new Map<number, Waiting>();

  constructor(data: LearnerThreadData) {
    this.#data = data;
  }

  ask(asked: Asked, onProgress: (progress: TrainingProgress) => void): Promise<TrainingResult | TendResult> {
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
    clearTimeout(this.#idle);
    await this.#thread?.terminate();
  }

  #start(): Worker {
    if (this.#thread) return this.#thread;
    const file = createRequire(import.meta.url).resolve("#learner-thread");
    const thread = new Worker(file, {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
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
