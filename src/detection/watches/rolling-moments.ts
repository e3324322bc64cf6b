import type { ByteReader, ByteWriter } from "../../core/index.js";

/**
 * Means, variances and covariances of several signals: over all rows at first, then at a rate.
 *
 *     delta = z - m,  m <- m + r delta,  C <- (1 - r)(C + r delta delta')
 *
 * with r = max(1 / rows, rate). The newest rows weigh most; nothing is stored of them.
 */
export class RollingMoments {
  readonly #d: number;
  readonly #rate: number;
  #count = 0;
  readonly #mean: Float64Array;
  /** Lower triangle of C, row by row. */
  readonly #covariance: Float64Array;
  readonly #delta: Float64Array;

  /**
   * @param d    signals
   * @param rate smallest weight of a new row; 0: all rows weigh the same
   */
  constructor(d: number, rate: number) {
    this.#d = d;
    this.#rate = rate;
    this.#mean = new Float64Array(d);
    this.#delta = new Float64Array(d);
    this.#covariance = new Float64Array((d * (d + 1)) / 2);
  }

  get bytes(): number {
    return 8 * (2 * this.#d + this.#covariance.length);
  }

  observe(z: Float64Array): void {
    this.#count++;
    const r = Math.max(1 / this.#count, this.#rate);
    const delta = this.#delta;
    for (let j = 0; j < this.#d; j++) {
      delta[j] = (z[j] ?? 0) - (this.#mean[j] ?? 0);
      this.#mean[j]! += r * delta[j]!;
    }
    for (let i = 0, at = 0; i < this.#d; i++) {
      for (let j = 0; j <= i; j++, at++) {
        this.#covariance[at] = (1 - r) * ((this.#covariance[at] ?? 0) + r * delta[i]! * delta[j]!);
      }
    }
  }

  mean(j: number): number {
    return this.#mean[j] ?? 0;
  }

  variance(j: number): number {
    return this.covariance(j, j);
  }

  /** @param i at least j */
  covariance(i: number, j: number): number {
    return this.#covariance[(i * (i + 1)) / 2 + j] ?? 0;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64s(this.#mean).f64s(this.#covariance);
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#mean.set(from.f64s());
    this.#covariance.set(from.f64s());
  }
}
