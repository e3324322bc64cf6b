import type { ByteReader, ByteWriter } from "../core/index.js";

const DAY_MS = 86_400_000;
const SLOWEST = 1 / 1000;

/** The usual time between a key's rows: a running mean; a pause of a day or more says nothing about it. */
export class UsualInterval {
  #count = 0;
  #mean = 0;
  #last = Number.NaN;

  /** ms; 0 while unknown. */
  get ms(): number {
    return this.#mean;
  }

  observe(timeMs: number): void {
    const passed = timeMs - this.#last;
    if (passed >= 0 && passed < DAY_MS) {
      this.#count++;
      this.#mean += Math.max(1 / this.#count, SLOWEST) * (passed - this.#mean);
    }
    if (!(passed < 0)) this.#last = timeMs;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#mean).f64(this.#last);
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#mean = from.f64();
    this.#last = from.f64();
  }
}
