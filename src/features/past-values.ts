import type { ByteReader, ByteWriter } from "../core/index.js";

/** Buckets that the period is divided into: a week in buckets of a quarter of an hour. */
const PARTS = 672;
/** Intervals whose median is the usual one. */
const INTERVALS = 15;

/**
 * One key's values of the last period, by time: means over buckets of period / 672, so that its memory is
 * bounded however fast values come (15 KB).
 */
export class PastValues {
  readonly #widthMs: number;
  /** Ring of buckets; bucket b stands at b mod length. */
  readonly #buckets: Float64Array;
  readonly #means: Float64Array;
  readonly #counts: Uint32Array;
  /** The newest intervals, ms, as a ring. */
  readonly #intervals = new Float64Array(INTERVALS);
  #intervalCount = 0;
  #newestMs = Number.NaN;

  /** @param spanMs how long before its newest value it remembers */
  constructor(spanMs: number) {
    this.#widthMs = spanMs / PARTS;
    // As many again as horizons and gaps between two values may want.
    const length = PARTS + PARTS / 8;
    this.#buckets = new Float64Array(length).fill(Number.NaN);
    this.#means = new Float64Array(length);
    this.#counts = new Uint32Array(length);
  }

  /** Median time between values, ms; 0 while unknown. */
  get intervalMs(): number {
    const known = Math.min(this.#intervalCount, INTERVALS);
    const sorted = this.#intervals.slice(0, known).sort();
    return sorted[known >> 1] ?? 0;
  }

  /** Remembers a value; one that is older than the newest changes only its bucket. */
  learn(timeMs: number, value: number): void {
    if (timeMs > this.#newestMs) {
      this.#intervals[this.#intervalCount % INTERVALS] = timeMs - this.#newestMs;
      this.#intervalCount++;
    }
    if (!(timeMs <= this.#newestMs)) this.#newestMs = timeMs;
    const bucket = Math.floor(timeMs / this.#widthMs);
    const at = this.#place(bucket);
    if (this.#buckets[at]! > bucket) return;
    if (this.#buckets[at] !== bucket) {
      this.#buckets[at] = bucket;
      this.#counts[at] = 0;
      this.#means[at] = 0;
    }
    this.#counts[at]!++;
    this.#means[at]! += (value - this.#means[at]!) / this.#counts[at]!;
  }

  /** The value nearest to a time, at most three quarters of the usual interval away; NaN if there is none. */
  near(timeMs: number, intervalMs: number): number {
    const middle = Math.floor(timeMs / this.#widthMs);
    const reach = Math.ceil((0.75 * intervalMs) / this.#widthMs);
    for (let away = 0; away <= reach; away++) {
      for (const bucket of away === 0 ? [middle] : [middle - away, middle + away]) {
        const at = this.#place(bucket);
        if (this.#buckets[at] === bucket) return this.#means[at]!;
      }
    }
    return Number.NaN;
  }

  #place(bucket: number): number {
    const length = this.#buckets.length;
    return ((bucket % length) + length) % length;
  }

  write(to: ByteWriter): void {
    const filled = [...this.#buckets.keys()].filter((at) => !Number.isNaN(this.#buckets[at]));
    to.f64s(filled.map((at) => this.#buckets[at]!));
    to.f64s(filled.map((at) => this.#means[at]!));
    to.f64s(filled.map((at) => this.#counts[at]!));
    to.f64s(this.#intervals).f64(this.#intervalCount).f64(this.#newestMs);
  }

  read(from: ByteReader): void {
    const [buckets, means, counts] = [from.f64s(), from.f64s(), from.f64s()];
    for (const [i, bucket] of buckets.entries()) {
      const at = this.#place(bucket);
      this.#buckets[at] = bucket;
      this.#means[at] = means[i]!;
      this.#counts[at] = counts[i]!;
    }
    this.#intervals.set(from.f64s());
    this.#intervalCount = from.f64();
    this.#newestMs = from.f64();
  }
}
