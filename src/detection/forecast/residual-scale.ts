import type { ByteReader, ByteWriter } from "../../core/index.js";

/** Residuals seen before the band and the score mean anything. */
const ENOUGH = 20;
/** Slowest learning rate: about the last 2,000 residuals count. */
const SLOWEST = 1 / 2000;
/** One residual moves the scale by no more than a residual this many times the scale would. */
const CLIP = 6;
/** Mean absolute deviation to standard deviation of a normal distribution: sqrt(pi / 2). */
const TO_SIGMA = 1.2533141373155003;
/** Share of the values that the band should miss. */
const MISSED = 0.05;

/**
 * How large forecast errors usually are: a running, clipped mean absolute residual (a Huber-type scale,
 * Huber 1981), and the running 95 % quantile of |residual| by stochastic approximation (Robbins and
 * Monro 1951), in O(1) memory.
 */
export class ResidualScale {
  #count = 0;
  #mean = 0;
  #quantile = 0;

  get isWarm(): boolean {
    return this.#count >= ENOUGH;
  }

  /** Robust standard deviation of the residuals, in the value's unit; 0 while all were 0. */
  get sigma(): number {
    return this.#mean * TO_SIGMA;
  }

  /** Half the width of the 95 % band, in the value's unit; null while warming up. */
  get halfBand(): number | null {
    return this.isWarm ? this.#quantile : null;
  }

  /**
   * How many usual errors this residual is: |residual| / sigma, judged by what was known before it.
   * With no error ever seen, any error is infinitely unusual; the score saturates, so 1e6 stands for that.
   */
  deviation(residual: number): number {
    const size = Math.abs(residual);
    if (size === 0) return 0;
    return this.sigma > 0 ? Math.min(size / this.sigma, 1e6) : 1e6;
  }

  learn(residual: number): void {
    const size = Math.abs(residual);
    this.#count++;
    const rate = Math.max(1 / this.#count, SLOWEST);
    const clipped = this.isWarm && this.#mean > 0 ? Math.min(size, CLIP * this.#mean) : size;
    this.#mean += rate * (clipped - this.#mean);
    if (this.#count <= ENOUGH) {
      this.#quantile = 1.96 * this.sigma;
    } else {
      const pace = Math.max(rate, 0.02) * this.sigma;
      this.#quantile = Math.max(0, this.#quantile + pace * ((size > this.#quantile ? 1 : 0) - MISSED));
    }
  }

  /** As before the first residual. */
  forget(): void {
    this.#count = 0;
    this.#mean = 0;
    this.#quantile = 0;
  }

  write(to: ByteWriter): void {
    to.u32(this.#count).f64(this.#mean).f64(this.#quantile);
  }

  read(from: ByteReader): this {
    this.#count = from.u32();
    this.#mean = from.f64();
    this.#quantile = from.f64();
    return this;
  }
}
