import type { ByteReader, ByteWriter } from "../core/index.js";
import { restoreInto } from "./restore-into.js";

const SLOWEST = 1 / 2000;
/** A step of more means than this counts as so many: one wrong value at most doubles the mean. */
const LARGEST = 1000;

/**
 * How far a target usually moves in h events: a running mean of |y[t] - y[t-h]| per horizon, the unit in
 * which Eddy's own networks forecast. 0 while unknown. With a = max(1/n, 1/2000):
 *
 *   mean += a (min(|y[t] - y[t-h]|, 1000 mean) - mean)
 *
 * Without the limit a single 65535 on a line that moves by 0.1 would spoil the unit for 13,000 events.
 */
export class StepScale {
  readonly #horizons: readonly number[];
  /** The target's last values; place t mod length. */
  readonly #ring: Float64Array;
  #count = 0;
  readonly #means: Float64Array;
  readonly #learned: Float64Array;

  constructor(horizons: readonly number[]) {
    this.#horizons = horizons;
    this.#ring = new Float64Array(Math.max(...horizons));
    this.#means = new Float64Array(horizons.length);
    this.#learned = new Float64Array(horizons.length);
  }

  /** Learns y[t] and writes the means to `scales[first ..]`. */
  step(scales: Float64Array, first: number, y: number): void {
    for (let index = 0; index < this.#horizons.length; index++) {
      const horizon = this.#horizons[index] ?? 1;
      if (this.#count >= horizon) {
        const before = this.#ring[(this.#count - horizon) % this.#ring.length] ?? y;
        const learned = (this.#learned[index] ?? 0) + 1;
        const mean = this.#means[index] ?? 0;
        const step = Math.abs(y - before);
        const counted = mean > 0 ? Math.min(step, LARGEST * mean) : step;
        this.#learned[index] = learned;
        this.#means[index] = mean + Math.max(1 / learned, SLOWEST) * (counted - mean);
      }
      scales[first + index] = this.#means[index] ?? 0;
    }
    this.#ring[this.#count % this.#ring.length] = y;
    this.#count++;
  }

  /** A sequence begins: earlier values are no longer `h` events ago; the means stay. */
  begin(): void {
    this.#count = 0;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64s(this.#ring).f64s(this.#means).f64s(this.#learned);
  }

  read(from: ByteReader): this {
    this.#count = from.f64();
    restoreInto(this.#ring, from);
    restoreInto(this.#means, from);
    restoreInto(this.#learned, from);
    return this;
  }
}
