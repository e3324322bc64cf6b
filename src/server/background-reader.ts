import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { StoredQuestion } from "./stored-question.js";

export interface ReaderRequest {
  readonly id: number;
  readonly pipeline: string;
  readonly question: StoredQuestion;
}

export type ReaderAnswer = { readonly id: number } & ({ readonly json: string } | { readonly error: string });

/** Without a question for so long the thread ends: a box that nobody looks at has no use for it. */
const IDLE_MS = 60_000;
/** What is new in a thread takes two thirds of it, MB: rows that are handed over at once. */
const YOUNG_MB = 6;
/** Questions that wait; more pages than that are told to come again. */
const MOST_WAITING = 64;

interface Waiting {
  readonly resolve: (json: string) => void;
  readonly reject: (error: Error) => void;
}

/** Reads what pages ask of a data directory in a thread of its own, which runs while pages ask. */
export class BackgroundReader {
  readonly #directory: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #asked = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * @returns JSON
   * @throws Error what the store says; code `BUSY` where too many wait
   */
  ask(pipeline: string, question: StoredQuestion): Promise<string> {
    if (this.#waiting.size >= MOST_WAITING) {
      return Promise.reject(
        Object.assign(new Error("Too many pages read at once"), { code: "BUSY", statusCode: 429 }),
      );
    }
    const worker = this.#worker ?? this.#start();
    clearTimeout(this.#idle);
    worker.ref();
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ id, pipeline, question } satisfies ReaderRequest);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    // before the thread ends: meanwhile it may answer, and whoever waits is told one thing, not either
    this.#failAll(new Error("The dashboard is closing"));
    await worker?.terminate();
  }

  #start(): Worker {
    const file = createRequire(import.meta.url).resolve("#reader-thread");
    const worker = new Worker(file, {
      workerData: { directory: this.#directory },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.on("message", (answer: ReaderAnswer) => {
      if (this.#worker === worker) this.#take(answer);
    });
    const end = (error: Error): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#failAll(error);
    };
    worker.on("error", end);
    worker.on("exit", () => end(new Error("The thread that reads has ended")));
    this.#worker = worker;
    return worker;
  }

  #take(answer: ReaderAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("json" in answer) waiting?.resolve(answer.json);
    else waiting?.reject(new Error(answer.error));
    if (this.#waiting.size > 0) return;
    this.#worker?.unref();
    this.#idle = setTimeout(() => void this.close(), IDLE_MS);
    this.#idle.unref();
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
