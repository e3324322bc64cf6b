import type { Batch, Stage } from "../core/index.js";
import type { PipelineReader } from "../store/index.js";

/**
 * What the operators of one running pipeline share: its store, its stages in stream order, and the gate
 * at its source. `commit` opens a scope while it subscribes; the operators above it, which RxJS
 * subscribes in the same call, find it with `currentScope` and register their stages.
 *
 * The gate lets one batch at a time in between the source and the commit, so that all stages have
 * seen the same events when a snapshot is taken, and holds back while `ahead` commits are under way:
 * that is the back-pressure. While it is shut, packets gather at the source and make a larger batch.
 */
export class PipelineScope {
  readonly store: PipelineReader;
  readonly ahead: number;
  /** In stream order: registered from the commit upwards, so each goes to the front. */
  readonly stages: Stage[] = [];
  /** Fulfilled when every stage remembers what it did when the last process ended. */
  readonly ready: Promise<void>;
  #markReady: () => void = () => {};
  #markFailed: (error: unknown) => void = () => {};
  #inside = 0;
  #committing = 0;
  #waiting: (() => void)[] = [];

  constructor(store: PipelineReader, ahead: number) {
    this.store = store;
    this.ahead = ahead;
    this.ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      this.#markFailed = reject;
    });
    // Whoever waits sees the error; with nobody waiting it must not end the process.
    this.ready.catch(() => {});
  }

  register(stage: Stage): void {
    this.stages.unshift(stage);
  }

  /** Brings the stages to where the store ends, then lets the sources begin. */
  async start(resume: (scope: PipelineScope) => Promise<void>): Promise<void> {
    try {
      await resume(this);
      this.#markReady();
    } catch (error) {
      this.#markFailed(error);
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#inside === 0 && this.#committing < this.ahead;
  }

  /** True if the batch at the commit is the only one that any stage has seen since the last commit. */
  get isAlone(): boolean {
    return this.#inside === 1;
  }

  /** Calls back once when the gate opens, at once if it is open. */
  whenOpen(callback: () => void): void {
    if (this.isOpen) callback();
    else this.#waiting.push(callback);
  }

  enter(): void {
    this.#inside++;
  }

  /** A batch has left the stages without a commit. */
  leave(): void {
    this.#inside--;
    this.#wake();
  }

  beginCommit(): void {
    this.#inside--;
    this.#committing++;
    this.#wake();
  }

  endCommit(): void {
    this.#committing--;
    this.#wake();
  }

  #wake(): void {
    while (this.isOpen) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }
}

let current: PipelineScope | undefined;

/** Makes `scope` the current one while `subscribe` runs. */
export function withScope<T>(scope: PipelineScope, subscribe: () => T): T {
  const outer = current;
  current = scope;
  try {
    return subscribe();
  } finally {
    current = outer;
  }
}

/** The scope of the pipeline that is being subscribed, undefined where no `commit` stands below. */
export function currentScope(): PipelineScope | undefined {
  return current;
}

/** Steps a batch through all stages in order; a promise if one of them had to wait. */
export async function stepThrough(stages: readonly Stage[], batch: Batch): Promise<void> {
  for (const stage of stages) {
    const waiting = stage.process(batch);
    if (waiting !== undefined) await waiting;
  }
}
