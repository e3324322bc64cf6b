import type { PipelineScope } from "./scope.js";

/** At most so many packets make one batch. */
const MOST = 256;

/**
 * Gathers what arrives within a turn of the event loop, and while the scope's gate is shut, into groups
 * of at most 256, in order. Without a scope every turn's arrivals go on at once.
 */
export class Gatherer<T> {
  readonly #emit: (group: readonly T[]) => void;
  readonly #scope: PipelineScope | undefined;
  #waiting: T[] = [];
  #isScheduled = false;

  constructor(emit: (group: readonly T[]) => void, scope: PipelineScope | undefined) {
    this.#emit = emit;
    this.#scope = scope;
  }

  add(item: T): void {
    this.#waiting.push(item);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      if (this.#scope) this.#scope.whenOpen(() => this.#flush());
      else this.#flush();
    });
  }

  #flush(): void {
    this.#isScheduled = false;
    const group = this.#waiting.splice(0, MOST);
    if (group.length === 0) return;
    this.#scope?.enter();
    this.#emit(group);
    if (this.#waiting.length > 0) this.#schedule();
  }
}
