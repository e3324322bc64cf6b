import type { Clock } from "../core/index.js";

/** What happens often is told of at once where the last time was so long ago, ms; otherwise it is gathered. */
const TELL_EVERY_MS = 60_000;

/** Counts what is worth a line in the log, so that there is one a minute. */
export class Gathered {
  readonly #clock: Clock;
  #untold = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns how many there have been since the last line, these included; undefined: no line is due */
  add(count = 1): number | undefined {
    this.#untold += count;
    const now = this.#clock.now();
    // A clock that was set back must not silence it.
    if (Math.abs(now - this.#toldAt) < TELL_EVERY_MS) return undefined;
    const untold = this.#untold;
    this.#toldAt = now;
    this.#untold = 0;
    return untold;
  }
}
