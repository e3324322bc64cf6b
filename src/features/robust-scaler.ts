import { type ByteReader, type ByteWriter, log1p } from "../core/index.js";

/** Slowest learning rate: about the last 2,000 values count. */
const SLOWEST = 1 / 2000;
/** A value further out than so many spreads pulls no harder than one there. */
const CLIP = 3;
/** Mean absolute deviation to standard deviation of a normal distribution: sqrt(pi / 2). */
const TO_SIGMA = 1.2533141373155003;
/** Linear up to here, logarithmic beyond: a spike is seen, but doesn't blind the network. */
const LINEAR = 8;

/**
 * A running location m and spread s in O(1) memory, after Huber's recursive M-estimates (Huber,
 * Robust Statistics, 1981): with q = (x - m) / s and a = max(2 / (n + 1), 1/2000),
 *
 *   m += a s clip(q, -3, 3),   d += a (min(|x - m|, 6 d) - d),   s = 1.2533 d
 *
 * A spike moves both by a clipped step; a lasting shift widens s by a constant factor a step, and m follows.
 * The gain 2 / (n + 1) weighs the n-th value by n (Shamir & Zhang, 2013, with eta = 1): a wrong value that
 * a sensor sends first is forgotten with 1/n^2, not 1/n.
 *
 * A value that repeats the one before it exactly teaches nothing: a sensor that is stuck for days tells
 * nothing of how the machine varies, and a spread that it had worn down to nothing would take longer
 * than the standstill to come back.
 */
export class RobustScaler {
  /** Values learned from: repeats don't count. */
  #count = 0;
  #last = Number.NaN;
  #location = 0;
  #deviation = 0;

  /** False before the key's first value. */
  get isKnown(): boolean {
    return this.#count > 0;
  }

  get location(): number {
    return this.#location;
  }

  /** Robust standard deviation; 1 while every value was the same. */
  get spread(): number {
    return this.#deviation > 0 ? this.#deviation * TO_SIGMA : 1;
  }

  /** (x - m) / s by what was known before x; 0 for a key's first value. */
  scale(x: number): number {
    if (this.#count === 0) return 0;
    return compress((x - this.#location) / this.spread);
  }

  learn(x: number): void {
    if (x === this.#last) return;
    this.#last = x;
    this.#count++;
    if (this.#count === 1) {
      this.#location = x;
      return;
    }
    const rate = Math.max(2 / (this.#count + 1), SLOWEST);
    const away = x - this.#location;
    const size = Math.abs(away);
    const isSpread = this.#deviation > 0;
    const pull = isSpread ? Math.min(size, CLIP * this.spread) : size;
    this.#location += rate * (away < 0 ? -pull : pull);
    const seen = isSpread ? Math.min(size, 2 * CLIP * this.#deviation) : size;
    this.#deviation += rate * (seen - this.#deviation);
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#last).f64(this.#location).f64(this.#deviation);
  }

  read(from: ByteReader): this {
    this.#count = from.f64();
    this.#last = from.f64();
    this.#location = from.f64();
    this.#deviation = from.f64();
    return this;
  }
}

/** q up to 8, then 8 + log(1 + |q| - 8), with q's sign. */
export function compress(q: number): number {
  const size = Math.abs(q);
  if (size <= LINEAR) return q;
  const compressed = LINEAR + log1p(size - LINEAR);
  return q < 0 ? -compressed : compressed;
}
