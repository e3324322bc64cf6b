import type { Commit, PipelineStore } from "../store/index.js";

export interface CommitLineOptions {
  /** Pause before commits that failed are tried again: doubled each time, from one bound to the other, ms. */
  readonly retry?: { readonly minMs: number; readonly maxMs: number };
  /** Told why commits fail for now, and `undefined` when they no longer do. */
  readonly onTrouble?: (error: (Error & { readonly code: string }) | undefined) => void;
}

interface Waiting {
  readonly record: Commit;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What passes by itself, or when somebody makes room. A damaged database or a bad row does not. */
const PASSING = new Set([
  "STORE_FULL",
  "STORE_IO_ERROR",
  "STORE_NOT_WRITABLE",
  "STORE_NOT_ACCESSIBLE",
  "STORE_BUSY",
]);

/**
 * Commits in order, and again while the store cannot take them for a reason that may pass: a full disk, a
 * read-only one, one that fails. Meanwhile nothing behind is tried, so that the journal has no hole; whoever
 * commits bounds how much waits.
 */
export class CommitLine {
  readonly #store: Pick<PipelineStore, "commit">;
  readonly #onTrouble: NonNullable<CommitLineOptions["onTrouble"]>;
  readonly #retry: { readonly minMs: number; readonly maxMs: number };
  /** Not committed yet, in order; the store has those that are sent. */
  #waiting: Waiting[] = [];
  #sent = 0;
  /** Why commits fail for now. */
  #trouble: Coded | undefined;
  /** Why none will succeed any more. */
  #end: unknown;
  #isLast = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<PipelineStore, "commit">, options: CommitLineOptions = {}) {
    this.#store = store;
    this.#onTrouble = options.onTrouble ?? (() => {});
    this.#retry = options.retry ?? { minMs: 250, maxMs: 5_000 };
  }

  /** Fulfilled when it is durable. @throws what the store says when that will not pass, or after `giveUp` */
  commit(record: Commit): Promise<void> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const entry = { record, resolve, reject };
      this.#waiting.push(entry);
      if (this.#trouble === undefined) this.#send(entry);
    });
  }

  /** What waits for the trouble to pass is tried once more, now, and then rejected. */
  giveUp(): void {
    this.#isLast = true;
    if (this.#timer !== undefined) this.#again();
  }

  #send(entry: Waiting): void {
    this.#sent++;
    this.#store.commit(entry.record).then(
      () => this.#onDone(entry),
      (error: unknown) => this.#onFailed(error),
    );
  }

  #onDone(entry: Waiting): void {
    this.#sent--;
    this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    entry.resolve();
    if (this.#sent > 0) return;
    if (this.#trouble !== undefined && this.#timer === undefined) this.#goOn();
  }

  /** The first of those that waited is through: the others go after it. */
  #goOn(): void {
    this.#trouble = undefined;
    this.#failures = 0;
    this.#onTrouble(undefined);
    for (const entry of this.#waiting) this.#send(entry);
  }

  #onFailed(error: unknown): void {
    this.#sent--;
    if (passes(error)) {
      const isNews = error.code !== this.#trouble?.code;
      this.#trouble = error;
      if (this.#isLast) this.#end ??= error;
      else if (isNews) this.#onTrouble(error);
    } else if (!isConsequence(error) || this.#trouble === undefined) {
      this.#end ??= error;
    }
    // Those behind it fail too, and then all are tried again in order.
    if (this.#sent > 0) return;
    if (this.#end !== undefined) {
      for (const { reject } of this.#waiting) reject(this.#end);
      this.#waiting = [];
      return;
    }
    const pauseMs = Math.min(this.#retry.maxMs, this.#retry.minMs * 2 ** this.#failures++);
    this.#timer = setTimeout(() => this.#again(), pauseMs);
  }

  /** The first alone: where it fails, those behind would too. */
  #again(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const entry of this.#waiting) {
      this.#send(entry);
      return;
    }
  }
}

type Coded = Error & { readonly code: string };

function passes(error: unknown): error is Coded {
  return error instanceof Error && "code" in error && PASSING.has(String(error.code));
}

/** It failed because one before it did. */
function isConsequence(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "COMMIT_AFTER_FAILURE";
}
