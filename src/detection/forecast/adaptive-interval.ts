import type { ByteReader, ByteWriter } from "../../core/index.js";

/** Errors that are remembered. */
export const WINDOW = 500;
/** Errors seen before the interval means anything. */
const ENOUGH = 20;
/** Share of the values that the interval should miss, and how fast what is asked for follows what is missed. */
const MISSED = 0.05;
const GAMMA = 0.02;
/** Larger errors are taken as this, which single precision holds. */
const LARGEST = 1e38;
/** Places that are made at first; they double until there are as many as are remembered. */
const FIRST_PLACES = 32;

/**
 * How wide an interval has to be: conformal prediction on the last 500 errors, whose level follows the coverage that it had
 * (adaptive conformal inference, Gibbs and Candes 2021): with err = 1 where a value was missed,
 *
 *     alpha <- alpha + 0.02 (0.05 - err),   half width = the (1 - alpha) quantile of the last |errors|
 *
 * so that it holds 95 % in the long run, also when errors grow or shrink. alpha stays within [0, 1], and no interval is
 * wider than what was seen. Memory: 4 KB once 500 errors have come.
 */
export class AdaptiveInterval {
  /** The last |errors| as a ring, and the same by size. */
  #ring = new Float32Array(FIRST_PLACES);
  #sorted = new Float32Array(FIRST_PLACES);
  #count = 0;
  #alpha = MISSED;

  get bytes(): number {
    return this.#ring.byteLength + this.#sorted.byteLength + 16;
  }

  /** Half the interval's width, in the value's unit; null while warming up. */
  get halfWidth(): number | null {
    return this.#known < ENOUGH ? null : this.quantile(1 - this.#alpha);
  }

  /** The size that so large a share of the last errors, and of the one to come, don't exceed; 0 before the first. */
  quantile(share: number): number {
    const rank = Math.ceil(share * (this.#known + 1)) - 1;
    return this.#sorted[Math.min(this.#known - 1, Math.max(0, rank))] ?? 0;
  }

  /** Conformal p of an error: the share of the last ones, itself among them, that are at least as large. */
  p(error: number): number {
    return (1 + this.#known - this.#smaller(sizeOf(error), this.#known)) / (1 + this.#known);
  }

  /** @param error value less forecast; finite */
  learn(error: number): void {
    const size = sizeOf(error);
    const { halfWidth } = this;
    if (halfWidth !== null) {
      const missed = size > halfWidth ? 1 : 0;
      this.#alpha = Math.min(1, Math.max(0, this.#alpha + GAMMA * (MISSED - missed)));
    }
    this.#place(size);
    this.#ring[this.#count % WINDOW] = size;
    this.#count++;
  }

  /** Puts a size among the sorted ones; once there are all that are remembered, in the place of the oldest. */
  #place(size: number): void {
    const known = this.#known;
    if (known < WINDOW && known === this.#ring.length) this.#grow();
    const sorted = this.#sorted;
    const at = this.#smaller(size, known);
    if (known < WINDOW) {
      sorted.copyWithin(at + 1, at, known);
      sorted[at] = size;
      return;
    }
    // What lies between the two places moves by one, and nothing else.
    const oldest = this.#smaller(this.#ring[this.#count % WINDOW]!, WINDOW);
    if (at > oldest) sorted.copyWithin(oldest, oldest + 1, at);
    else sorted.copyWithin(at + 1, at, oldest);
    sorted[at > oldest ? at - 1 : at] = size;
  }

  /** As before the first error. */
  forget(): void {
    this.#count = 0;
    this.#alpha = MISSED;
  }

  get #known(): number {
    return Math.min(this.#count, WINDOW);
  }

  /** How many of the first `known` sorted ones are smaller. */
  #smaller(size: number, known: number): number {
    const sorted = this.#sorted;
    let low = 0;
    let high = known;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < size) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const grown = (before: Float32Array) => {
      const after = new Float32Array(Math.min(WINDOW, 2 * before.length));
      after.set(before);
      return after;
    };
    this.#ring = grown(this.#ring);
    this.#sorted = grown(this.#sorted);
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#alpha).f32s(this.#ring.subarray(0, this.#known));
  }

  read(from: ByteReader): this {
    this.#count = from.f64();
    this.#alpha = from.f64();
    const ring = from.f32s();
    while (this.#ring.length < ring.length) this.#grow();
    this.#ring.set(ring);
    this.#sorted.set(ring.slice().sort());
    return this;
  }
}

function sizeOf(error: number): number {
  return Math.fround(Math.min(Math.abs(error), LARGEST));
}
