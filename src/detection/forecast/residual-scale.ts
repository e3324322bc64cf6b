import type { ByteReader, ByteWriter } from "../../core/index.js";

/** Errors seen before the scale means anything. */
const ENOUGH = 20;
/** Slowest learning rate: about the last 2,000 errors count. */
const SLOWEST = 1 / 2000;
/** One error moves the scale by no more than one this many times the scale would. */
const CLIP = 6;
/** Mean absolute deviation to standard deviation of a normal distribution: sqrt(pi / 2). */
const TO_SIGMA = 1.2533141373155003;
/** Where there never was an error, any is infinitely unusual: this stands for that. */
const MOST = 1e6;

/**
 * How large forecast errors usually are: a running, clipped mean absolute error (a Huber-type scale, Huber 1981), in O(1)
 * memory. A burst of large ones hardly moves it.
 */
export class ResidualScale {
  #count = 0;
  #mean = 0;

  /** How many usual errors (robust standard deviations) this one is; null while warming up. */
  deviation(error: number): number | null {
    if (this.#count < ENOUGH) return null;
    const size = Math.abs(error);
    if (size === 0) return 0;
    return this.#mean > 0 ? Math.min(size / (this.#mean * TO_SIGMA), MOST) : MOST;
  }

  learn(error: number): void {
    const size = Math.abs(error);
    const isWarm = this.#count >= ENOUGH && this.#mean > 0;
    this.#count++;
    const rate = Math.max(1 / this.#count, SLOWEST);
    this.#mean += rate * ((isWarm ? Math.min(size, CLIP * this.#mean) : size) - this.#mean);
  }

  write(to: ByteWriter): void {
    to.u32(this.#count).f64(this.#mean);
  }

  read(from: ByteReader): this {
    this.#count = from.u32();
    this.#mean = from.f64();
    return this;
  }
}
