/** Upper ends of the buckets, ms: nine a decade from 10 µs to 100 s, so that a quantile reads high by 29 % at most. */
const PER_DECADE = 9;
const FIRST_MS = 0.01;
const BUCKETS = 7 * PER_DECADE + 1;
const UPPER_MS = Array.from({ length: BUCKETS }, (_, i) => FIRST_MS * 10 ** (i / PER_DECADE));
/** Quantiles are of the last one to two of these, ms. */
const WINDOW_MS = 30_000;

/** What was counted since the start, for machines that do their own sums. */
export interface DurationTotals {
  readonly count: number;
  readonly sumMs: number;
  /** How many were at most `upperMs` long, by bucket, ascending; longer ones only count in `count`. */
  readonly buckets: readonly { readonly upperMs: number; readonly count: number }[];
}

/**
 * How long something takes: totals since the start, and quantiles of the last 30 to 60 seconds. Counting one
 * costs a few nanoseconds; memory is two hundred numbers.
 */
export class Durations {
  readonly #total = new Float64Array(BUCKETS + 1);
  #recent = new Float64Array(BUCKETS + 1);
  #before = new Float64Array(BUCKETS + 1);
  #windowBegan = 0;
  #sumMs = 0;

  /**
   * @param now   on any clock, ms: by it the recent ones are forgotten
   * @param count of equal length
   */
  add(ms: number, now: number, count = 1): void {
    this.#turn(now);
    const at = bucketOf(ms);
    this.#total[at]! += count;
    this.#recent[at]! += count;
    this.#sumMs += Math.max(0, ms) * count;
  }

  /** @returns ms; null where there was none of late */
  quantile(q: number, now: number): number | null {
    this.#turn(now);
    const all = this.#recent.map((count, i) => count + this.#before[i]!);
    const wanted = q * all.reduce((sum, count) => sum + count, 0);
    if (wanted === 0) return null;
    let sum = 0;
    for (let i = 0; i < BUCKETS; i++) {
      sum += all[i]!;
      if (sum >= wanted) return UPPER_MS[i]!;
    }
    return UPPER_MS[BUCKETS - 1]!;
  }

  totals(): DurationTotals {
    let count = 0;
    const buckets = UPPER_MS.map((upperMs, i) => {
      count += this.#total[i]!;
      return { upperMs, count };
    });
    return { count: count + this.#total[BUCKETS]!, sumMs: this.#sumMs, buckets };
  }

  #turn(now: number): void {
    const age = now - this.#windowBegan;
    if (age >= 0 && age < WINDOW_MS) return;
    this.#before = age < 2 * WINDOW_MS && age >= 0 ? this.#recent : new Float64Array(BUCKETS + 1);
    this.#recent = new Float64Array(BUCKETS + 1);
    this.#windowBegan = now;
  }
}

function bucketOf(ms: number): number {
  if (!(ms > FIRST_MS)) return 0;
  const at = Math.ceil(Math.log10(ms / FIRST_MS) * PER_DECADE - 1e-9);
  return Math.min(BUCKETS, at);
}
