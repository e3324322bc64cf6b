import type { ByteReader, ByteWriter } from "../../core/index.js";

/** As many runs of equal values in so many rows are a signal's way. */
const ROWS_PER_RUN = 500;
const TIMES = 2;
const MORE = 2;

/**
 * Tells when a signal stands still: a value that comes again and again, more than twice as often in a row as it does
 * once in 500 rows of the warm-up. One that froze once while it warmed up is still known to move.
 */
export class Standstill {
  #last = Number.NaN;
  /** Equal values in a row. */
  #run = 0;
  /** While it warms up: the longest runs, longest first, as many as are a signal's way and one more. */
  #longest: number[] = [];
  readonly #kept: number;
  #need = Number.POSITIVE_INFINITY;

  /** @param warmUp rows */
  constructor(warmUp: number) {
    this.#kept = Math.floor(warmUp / ROWS_PER_RUN) + 2;
  }

  get bytes(): number {
    return 8 * (3 + this.#kept);
  }

  /** @returns true while it stands still; never before `learn()` */
  observe(value: number): boolean {
    if (value === this.#last) this.#run++;
    else {
      this.#end();
      this.#last = value;
      this.#run = 1;
    }
    return this.#run > this.#need;
  }

  /** The warm-up is over. */
  learn(): void {
    this.#end();
    this.#need = TIMES * (this.#longest.at(-1) ?? 1) + MORE;
    this.#longest = [];
  }

  #end(): void {
    if (this.#run === 0 || this.#need < Number.POSITIVE_INFINITY) return;
    this.#longest.push(this.#run);
    this.#longest.sort((a, b) => b - a).splice(this.#kept);
  }

  write(to: ByteWriter): void {
    to.f64(this.#last).u32(this.#run).f64(this.#need).f64s(Float64Array.from(this.#longest));
  }

  read(from: ByteReader): void {
    this.#last = from.f64();
    this.#run = from.u32();
    this.#need = from.f64();
    this.#longest = [...from.f64s()];
  }
}
