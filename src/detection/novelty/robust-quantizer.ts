import { type ByteReader, type ByteWriter, log1p, problem } from "../../core/index.js";

/** Newest values that tell location and spread. */
const REMEMBERED = 2000;
/** Quantiles are taken anew after a tenth as many values as there are, at most so many. */
const EVERY = 100;
/** Linear up to here. */
const LINEAR = 30;

/**
 * Where a value lies among those before it: q(y) = (y - median) / s, linear to +-30, then by its logarithm, with
 *
 *     s = max(IQR / 1.35, 0.152 (P95 - P5), 0.1 sd, 1e-9 |median|, 1e-12)
 *
 * over the last 2,000 values; a value counts after it was judged. Values are taken up to 1e100.
 */
export class RobustQuantizer {
  readonly #ring = new Float64Array(REMEMBERED);
  #count = 0;
  #since = 0;
  #median = 0;
  #spread = 0;

  /** 0 before the first value. */
  quantize(y: number): number {
    if (this.#spread === 0) return 0;
    const q = (y - this.#median) / this.#spread;
    const size = Math.abs(q);
    if (size <= LINEAR) return q;
    const compressed = LINEAR + log1p(size - LINEAR);
    return q < 0 ? -compressed : compressed;
  }

  learn(y: number): void {
    this.#ring[this.#count % REMEMBERED] = y;
    this.#count++;
    this.#since++;
    if (this.#since < Math.min(EVERY, Math.floor(this.#count / 10))) return;
    this.#since = 0;
    this.#measure();
  }

  #measure(): void {
    const sorted = this.#ring.slice(0, Math.min(this.#count, REMEMBERED)).sort();
    const at = (share: number) => {
      const place = share * (sorted.length - 1);
      const below = Math.floor(place);
      const low = sorted[below] ?? 0;
      return low + (place - below) * ((sorted[below + 1] ?? low) - low);
    };
    let mean = 0;
    for (const value of sorted) mean += value / sorted.length;
    let variance = 0;
    for (const value of sorted) variance += ((value - mean) * (value - mean)) / sorted.length;
    this.#median = at(0.5);
    this.#spread = Math.max(
      (at(0.75) - at(0.25)) / 1.35,
      0.152 * (at(0.95) - at(0.05)),
      0.1 * Math.sqrt(variance),
      1e-9 * Math.abs(this.#median),
      1e-12,
    );
  }

  /** Bytes that it remembers in. */
  get bytes(): number {
    return this.#ring.byteLength;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).u32(this.#since).f64(this.#median).f64(this.#spread);
    to.f64s(this.#ring.subarray(0, Math.min(this.#count, REMEMBERED)));
  }

  /** @throws RangeError code `STATE_CORRUPT` */
  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#since = from.u32();
    this.#median = from.f64();
    this.#spread = from.f64();
    const ring = from.f64s();
    if (ring.length !== Math.min(this.#count, REMEMBERED)) {
      throw problem(RangeError, {
        code: "STATE_CORRUPT",
        action: "read",
        on: "a quantizer",
        expected: `the last ${REMEMBERED} of ${this.#count} values`,
        found: String(ring.length),
      });
    }
    this.#ring.set(ring);
  }
}
