import type { PipelineScope } from "./scope.js";

export interface GatherOptions {
  /**
   * At most so many make one group; default 384. The more there are of a key, the less often what is remembered of it has
   * to come into the processor's caches: 512 in place of 256 were a sixth less time an event, and 12 MB more memory.
   */
  readonly most?: number;
  /** How long the first waits for others, ms; default: for what else comes within this turn of the event loop. */
  readonly lingerMs?: number;
}

/**
 * Gathers what arrives within a turn of the event loop, while it lingers, and while the scope's gate is shut, into
 * groups of a bounded size, in order. Without a scope every turn's arrivals go on at once.
 */
export class Gatherer<T> {
  readonly #emit: (group: readonly T[]) => void;
  readonly #scope: PipelineScope | undefined;
  readonly #most: number;
  readonly #lingerMs: number;
  #waiting: T[] = [];
  #isScheduled = false;
  #lingering: NodeJS.Timeout | undefined;

  constructor(
    emit: (group: readonly T[]) => void,
    scope: PipelineScope | undefined,
    { most = 384, lingerMs = 0 }: GatherOptions = {},
  ) {
    this.#emit = emit;
    this.#scope = scope;
    this.#most = most;
    this.#lingerMs = lingerMs;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(item: T): void {
    this.#waiting.push(item);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    if (this.#lingerMs > 0 && this.#waiting.length < this.#most) {
      this.#lingering ??= setTimeout(() => this.#onTurn(), this.#lingerMs);
      return;
    }
    this.#onTurn();
  }

  #onTurn(): void {
    clearTimeout(this.#lingering);
    this.#lingering = undefined;
    this.#isScheduled = true;
    setImmediate(() => {
      if (this.#scope) this.#scope.whenOpen(() => this.#flush());
      else this.#flush();
    });
  }

  #flush(): void {
    this.#isScheduled = false;
    const group = this.#waiting.splice(0, this.#most);
    if (group.length === 0) return;
    this.#scope?.enter();
    this.#emit(group);
    if (this.#waiting.length > 0) this.#schedule();
  }
}
