import type { ByteReader, ByteWriter } from "../../core/index.js";

/** Rates of the charts: slow ones see levels, fast ones spikes. */
export const RATES = [0.1, 0.3, 1] as const;
const QUANTILE = 0.99;
/** After the warm-up the errors' level is followed this slowly. */
const FOLLOWING = 2000;

/** How a chart's d values become one number. */
export interface Statistic {
  of(v: Float64Array): number;
  /** Errors count up to this many usual ones. */
  readonly cap: number;
  /** The limit is this many times the quantile of what the chart showed on good rows. */
  readonly limit: number;
}

/** |v|^2: many signals that are a little off together. */
export const NORM: Statistic = { of: squared, cap: 5.56, limit: 2.3 };
/** The largest v_j^2: one signal that is off alone. */
export const LARGEST: Statistic = {
  of: (v) => v.reduce((most, value) => Math.max(most, value * value), 0),
  cap: 8,
  limit: 5,
};

/**
 * Errors of several signals on charts of three speeds (Roberts 1959): v <- v + rate (e - v), each over a limit from rows
 * that are known to be good.
 */
export class Charts {
  readonly #d: number;
  readonly #statistic: Statistic;
  /** [rates] */
  readonly #limits = new Float64Array(RATES.length);
  /** [d] */
  readonly #level: Float64Array;
  /** [rates][d] */
  readonly #charts: readonly Float64Array[];
  #strongest = 0;

  constructor(d: number, statistic: Statistic) {
    this.#d = d;
    this.#statistic = statistic;
    this.#level = new Float64Array(d);
    this.#charts = RATES.map(() => new Float64Array(d));
  }

  get bytes(): number {
    return 8 * (RATES.length + (1 + RATES.length) * this.#d);
  }

  /** [d] The slow chart. */
  get slow(): Float64Array {
    return this.#charts[0]!;
  }

  get slowLimit(): number {
    return this.#limits[0]!;
  }

  /** Number of the chart that was the strongest at the newest row, and where it stands. */
  get strongest(): { readonly chart: number; readonly v: Float64Array } {
    return { chart: this.#strongest, v: this.#charts[this.#strongest]! };
  }

  /** Learns the limits from rows that are known to be good. @param errors [rows][d] in usual errors */
  learn(errors: readonly Float64Array[]): void {
    this.#limits.set(this.#limitsOf(errors));
  }

  /**
   * @param r [d] errors in usual errors
   * @returns the largest statistic over its limit
   */
  step(r: Float64Array): number {
    const most = this.#statistic.cap;
    const e = r.map((value, j) => cap(value - this.#level[j]!, most));
    for (let j = 0; j < this.#d; j++) this.#level[j]! += cap(r[j]! - this.#level[j]!, 1) / FOLLOWING;
    let strongest = 0;
    for (const [k, rate] of RATES.entries()) {
      const v = this.#charts[k]!;
      for (let j = 0; j < this.#d; j++) v[j]! += rate * (e[j]! - v[j]!);
      const strength = this.#statistic.of(v) / this.#limits[k]!;
      if (strength <= strongest) continue;
      strongest = strength;
      this.#strongest = k;
    }
    return strongest;
  }

  /** These rows are how things are now. @param rows [rows][d] errors in usual errors */
  renew(rows: readonly Float64Array[]): void {
    const level = this.#level;
    for (let j = 0; j < this.#d; j++) level[j] = rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length;
    const errors = rows.map((row) => row.map((value, j) => value - level[j]!));
    this.#limits.set(this.#limitsOf(errors).map((limit, k) => Math.max(limit, this.#limits[k]!)));
    for (const chart of this.#charts) chart.fill(0);
  }

  #limitsOf(errors: readonly Float64Array[]): Float64Array {
    const most = this.#statistic.cap;
    return Float64Array.from(RATES, (rate) => {
      const v = new Float64Array(this.#d);
      const shown = errors.map((e) => {
        for (let j = 0; j < this.#d; j++) v[j]! += rate * (cap(e[j]!, most) - v[j]!);
        return this.#statistic.of(v);
      });
      shown.sort((a, b) => a - b);
      const at = Math.min(shown.length - 1, Math.floor(QUANTILE * shown.length));
      return this.#statistic.limit * Math.max(shown[at] ?? 0, 1e-9);
    });
  }

  write(to: ByteWriter): void {
    to.f64s(this.#limits).f64s(this.#level);
    for (const chart of this.#charts) to.f64s(chart);
    to.u8(this.#strongest);
  }

  read(from: ByteReader): void {
    this.#limits.set(from.f64s());
    this.#level.set(from.f64s());
    for (const chart of this.#charts) chart.set(from.f64s());
    this.#strongest = from.u8();
  }
}

export function cap(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}

export function squared(v: Float64Array): number {
  return v.reduce((sum, value) => sum + value * value, 0);
}
