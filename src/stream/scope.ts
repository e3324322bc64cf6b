import { type Batch, problem, type Stage } from "../core/index.js";
import type { Connection, ConnectionState } from "../mqtt/index.js";
import type { PipelineStore } from "../store/index.js";
import type { KeyPager } from "./key-pager.js";

/**
 * What the operators of one running pipeline share: its store, its connection, its stages in stream order,
 * and the gate at its source. RxJS subscribes a pipeline from its end to its source, in one call: the
 * first operator that needs a scope opens it, those above find it with `currentScope` and add their part.
 *
 * The gate lets one batch at a time in between the source and the commit, so that all stages have
 * seen the same events when a snapshot is taken, and holds back while `ahead` commits are under way:
 * that is the back-pressure. While it is shut, packets gather at the source and make a larger batch.
 */
export class PipelineScope {
  /** In stream order: registered from the commit upwards, so each goes to the front. */
  readonly stages: Stage[] = [];
  /** Fields that the stages read, for whoever decodes. */
  readonly fields = new Set<string>();
  /** Fields that are forecast. */
  targets: readonly string[] = [];
  /** Steps ahead that are forecast, ascending. */
  horizons: readonly number[] = [1];
  /** Fulfilled when every stage remembers what it did when the last process ended. */
  readonly ready: Promise<void>;
  #store: PipelineStore | undefined;
  #pager: KeyPager | undefined;
  #connection: Connection | undefined;
  #ahead = 1;
  #markReady: () => void = () => {};
  #markFailed: (error: unknown) => void = () => {};
  #inside = 0;
  #committing = 0;
  #waiting: (() => void)[] = [];
  readonly #listeners: ((state: ConnectionState) => void)[] = [];

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      this.#markFailed = reject;
    });
    // Whoever waits sees the error; with nobody waiting it must not end the process.
    this.ready.catch(() => {});
  }

  /** The commit's part: where it commits to, how many commits may be under way, and who keeps the keys' states. */
  open(store: PipelineStore, ahead: number, pager: KeyPager): void {
    this.#store = store;
    this.#pager = pager;
    this.#ahead = ahead;
  }

  /** @throws Error code `NO_COMMIT` where no `commit` stands in the pipeline */
  get store(): PipelineStore {
    return this.#store ?? absent("NO_COMMIT", "a commit(store) further down");
  }

  /** Which keys' states are in memory; undefined where no `commit` stands in the pipeline. */
  get pager(): KeyPager | undefined {
    return this.#pager;
  }

  /** The source's part: what connects the pipeline with its broker. */
  connect(connection: Connection): void {
    this.#connection = connection;
  }

  /** @throws Error code `NO_SOURCE` where no `mqttSource` stands in the pipeline */
  get connection(): Connection {
    return this.#connection ?? absent("NO_SOURCE", "an mqttSource(...) further up");
  }

  onConnection(listener: (state: ConnectionState) => void): void {
    this.#listeners.push(listener);
  }

  tellConnection(state: ConnectionState): void {
    for (const listener of this.#listeners) listener(state);
  }

  register(stage: Stage): void {
    this.stages.unshift(stage);
  }

  /** Steps a batch from the first stage on, beside the stream: before it has begun. */
  async step(batch: Batch): Promise<void> {
    this.#pager?.admit(batch);
    await stepThrough(this.stages, batch);
    this.#pager?.stepped(batch);
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
    return this.#inside === 0 && this.#committing < this.#ahead;
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

function absent(code: string, expected: string): never {
  throw problem(Error, { code, action: "subscribe", on: "a pipeline", expected, found: "none" });
}

/** Steps a batch through all stages in order; a promise if one of them had to wait. */
export async function stepThrough(stages: readonly Stage[], batch: Batch): Promise<void> {
  for (const stage of stages) {
    const waiting = stage.process(batch);
    if (waiting !== undefined) await waiting;
  }
}
