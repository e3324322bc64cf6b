import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { problem } from "../core/index.js";
import type { CommitRows } from "./commit-rows.js";
import type { SpareBlocks } from "./spare-blocks.js";
import { errorOf, type ThreadTask, type WriterReply, type WriterRequest } from "./writer-messages.js";

/** Rows live for one transaction: room for more of them would only be filled with old ones. */
const YOUNG_MB = 4;

/** Starts a thread of the store: by the package's own import map, so that it is found from source and build alike. */
export function startThread(task: ThreadTask): Worker {
  return new Worker(createRequire(import.meta.url).resolve("#writer-thread"), {
    workerData: task,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
}

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * The main thread's line to the writer thread. Requests are answered in the order they were sent.
 * Keeps the process alive only while an answer is due.
 */
export class WriterLine {
  readonly #worker: Worker;
  readonly #spare: SpareBlocks;
  readonly #onProblem: (error: Error) => void;
  readonly #exited: Promise<void>;
  #pending: Pending[] = [];
  #failure: Error | undefined;
  #isClosing = false;

  /** @param spare gets the memory back in which commits crossed */
  constructor(task: ThreadTask, spare: SpareBlocks, onProblem: (error: Error) => void) {
    this.#spare = spare;
    this.#onProblem = onProblem;
    this.#worker = startThread(task);
    this.#worker.on("message", (reply: WriterReply) => this.#take(reply));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#fail(new Error(`it ended with code ${code}`));
        resolve();
      });
    });
    this.#worker.unref();
  }

  /** Fulfilled when it is done and durable. @throws what the writer says, or code `STORE_WRITER_FAILED` */
  send(request: WriterRequest): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#worker.postMessage(request, request.kind === "commit" ? blocksOf(request.rows) : []);
      if (this.#pending.length === 0) this.#worker.ref();
      this.#pending.push({ resolve, reject });
    });
  }

  /** Ends the thread after all that was sent. */
  async close(now: number): Promise<void> {
    const closed = this.send({ kind: "close", now }).catch(() => {});
    this.#isClosing = true;
    await closed;
    this.#worker.ref();
    await this.#exited;
  }

  #take(reply: WriterReply): void {
    if (reply.kind === "problem") {
      this.#onProblem(errorOf(reply.failure));
      return;
    }
    this.#spare.give(reply.blocks);
    const settled = this.#pending.splice(0, reply.outcomes.length);
    if (this.#pending.length === 0) this.#worker.unref();
    settled.forEach(({ resolve, reject }, index) => {
      const failure = reply.outcomes[index];
      if (failure) reject(errorOf(failure));
      else resolve();
    });
  }

  #fail(cause: Error): void {
    if (this.#failure) return;
    this.#failure = problem(Error, {
      code: "STORE_WRITER_FAILED",
      action: "write to the store",
      on: "in its thread",
      expected: "a running thread",
      found: cause.message,
      cause,
    });
    const pending = this.#pending;
    this.#pending = [];
    this.#worker.unref();
    for (const { reject } of pending) reject(this.#failure);
    if (!this.#isClosing) this.#onProblem(this.#failure);
  }
}

/** What is handed over, not copied: it is the writer's then. */
function blocksOf({ events, ledger, pages }: CommitRows): ArrayBuffer[] {
  return [events.numbers.buffer, ledger.bytes.buffer, ...pages.map((page) => page[4].buffer)];
}
