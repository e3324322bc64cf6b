import type { ByteReader, ByteWriter } from "../core/index.js";

const SLOWEST = 1 / 2000;

/**
 * How far a target usually moves in h events: a running mean of |y[t] - y[t-h]| per horizon, the unit in
 * which Eddy's own networks forecast. 0 while unknown.
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
    for (const [index, horizon] of this.#horizons.entries()) {
      if (this.#count >= horizon) {
        const before = this.#ring[(this.#count - horizon) % this.#ring.length] ?? y;
        const learned = (this.#learned[index] ?? 0) + 1;
        const mean = this.#means[index] ?? 0;
        this.#learned[index] = learned;
        this.#means[index] = mean + Math.max(1 / learned, SLOWEST) * (Math.abs(y - before) - mean);
      }
      scales[first + index] = this.#means[index] ?? 0;
    }
    this.#ring[this.#count % this.#ring.length] = y;
    this.#count++;
  }

  /** The value of the event before; undefined at the start of a sequence. */
  get last(): number | undefined {
    return this.#count === 0 ? undefined : this.#ring[(this.#count - 1) % this.#ring.length];
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
    this.#ring.set(from.f64s());
    this.#means.set(from.f64s());
    this.#learned.set(from.f64s());
    return this;
  }
}
