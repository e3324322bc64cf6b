import { type ByteReader, type ByteWriter, log } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { short } from "../words.js";
import { RollingMoments } from "./rolling-moments.js";

/** Correlations are over about so many rows. */
const WINDOW = 50;
/** Pairs whose usual correlation is at least this are watched. */
const CORRELATED = 0.7;
/** Nothing is said of a pair unless one of the two moves, by this share of its usual variance at least. */
const MOVES = 0.5;
/** A signal that hardly moves has this share of its usual variance: its noise is no movement. */
const LEAST_VARIANCE = 0.05;
/** How far Fisher's z has to fall: so much, and so many times as far as it did while warming up. */
const FALL = 0.7;
const TIMES = 2;
/** Correlations are taken as this at most: beyond, z only tells how little noise there is. */
const LARGEST = 0.98;
/** After so many rows over the bar, less twice those under it, a pair's way is what it does now. */
const NEW_NORMAL = 600;
const LARGEST_VALUE = 1e100;
/** Standard deviations of the first half of the warm-up. */
const LARGEST_Z = 1e6;

export interface TogetherOptions {
  /** Names of the signals, for people. */
  readonly signals: readonly string[];
  /** Rows that show which signals move together; at least 4 windows, 200, are of use. */
  readonly warmUp: number;
}

/**
 * Two signals that stop moving together: the rolling correlation of each pair that usually is correlated, against its own
 * history. With z = atanh(r), signed so that it usually is positive (Fisher 1915), strength is
 * (usual z - z) / max(0.7, 2 (usual z - lowest z while warming up)), of the pair where it is largest.
 *
 * The first half of the warm-up tells location and scale, the second how the correlations usually are. Memory grows with the
 * square of the number of signals.
 */
export class TogetherDetector implements Detector {
  readonly name = "together";
  readonly #options: TogetherOptions;
  readonly #d: number;
  readonly #first: RollingMoments;
  readonly #rolling: RollingMoments;
  /** [d] Sum of rolling variances in the second half of the warm-up. */
  readonly #variances: Float64Array;
  /** [pairs] Sum of correlations then, sum of z, and its two ends. */
  readonly #correlations: Float64Array;
  readonly #sums: Float64Array;
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;
  readonly #over: Float64Array;
  readonly #z: Float64Array;
  /** Rows of the second half, once the rolling ones are full. */
  #judged = 0;
  #strength = 0;
  #strongest = 0;
  #found = 0;

  constructor(options: TogetherOptions) {
    const d = options.signals.length;
    const pairs = (d * (d - 1)) / 2;
    this.#options = options;
    this.#d = d;
    this.#first = new RollingMoments(d, 0);
    this.#rolling = new RollingMoments(d, 1 / WINDOW);
    this.#variances = new Float64Array(d);
    this.#z = new Float64Array(d);
    this.#correlations = new Float64Array(pairs);
    this.#sums = new Float64Array(pairs);
    this.#over = new Float64Array(pairs);
    this.#lows = new Float64Array(pairs).fill(LARGEST_FISHER);
    this.#highs = new Float64Array(pairs).fill(-LARGEST_FISHER);
  }

  get bytes(): number {
    const own = 2 * this.#d + 5 * this.#sums.length;
    return this.#first.bytes + this.#rolling.bytes + 8 * own;
  }

  step({ values, count }: Row): number | null {
    const { warmUp } = this.#options;
    const half = warmUp >> 1;
    if (count <= half) {
      this.#first.observe(values.map((value) => cap(value, LARGEST_VALUE)));
      return null;
    }
    for (let j = 0; j < this.#d; j++) {
      const sd = Math.sqrt(this.#first.variance(j));
      const apart = cap(values[j] ?? 0, LARGEST_VALUE) - this.#first.mean(j);
      this.#z[j] = cap(apart / (sd < 1e-12 ? 1 : sd), LARGEST_Z);
    }
    this.#rolling.observe(this.#z);
    if (count <= warmUp) {
      if (count > half + WINDOW) this.#learn();
      return null;
    }
    if (this.#judged === 0) return null;
    this.#judge();
    return this.#strength;
  }

  #learn(): void {
    this.#judged++;
    for (let i = 0, pair = 0; i < this.#d; i++) {
      this.#variances[i]! += this.#rolling.variance(i);
      for (let j = 0; j < i; j++, pair++) {
        const r = this.#correlation(i, j, 0);
        const z = fisher(r);
        this.#correlations[pair]! += r;
        this.#sums[pair]! += z;
        this.#lows[pair] = Math.min(this.#lows[pair] ?? 0, z);
        this.#highs[pair] = Math.max(this.#highs[pair] ?? 0, z);
      }
    }
  }

  #judge(): void {
    this.#strength = 0;
    for (let i = 0, pair = 0; i < this.#d; i++) {
      for (let j = 0; j < i; j++, pair++) {
        const usual = (this.#correlations[pair] ?? 0) / this.#judged;
        if (Math.abs(usual) < CORRELATED || !(this.#moves(i) || this.#moves(j))) continue;
        const r = this.#correlation(i, j, LEAST_VARIANCE / this.#judged);
        const strength = this.#fallen(pair, r, usual);
        this.#over[pair] = Math.max(0, (this.#over[pair] ?? 0) + (strength > 1 ? 1 : -2));
        if ((this.#over[pair] ?? 0) >= NEW_NORMAL) this.#renew(pair, r);
        if (strength <= this.#strength) continue;
        this.#strength = strength;
        this.#strongest = pair;
        this.#found = r;
      }
    }
  }

  #fallen(pair: number, r: number, usual: number): number {
    const mean = (this.#sums[pair] ?? 0) / this.#judged;
    const [fallen, most] =
      usual > 0
        ? [mean - fisher(r), mean - (this.#lows[pair] ?? 0)]
        : [fisher(r) - mean, (this.#highs[pair] ?? 0) - mean];
    return Math.max(0, fallen) / Math.max(FALL, TIMES * most);
  }

  /** How the pair moves now is its way, too. */
  #renew(pair: number, r: number): void {
    this.#lows[pair] = Math.min(this.#lows[pair] ?? 0, fisher(r));
    this.#highs[pair] = Math.max(this.#highs[pair] ?? 0, fisher(r));
    this.#over[pair] = 0;
  }

  #moves(j: number): boolean {
    return this.#rolling.variance(j) * this.#judged >= MOVES * (this.#variances[j] ?? 0);
  }

  /** @param floor of the variances, as a share of their sum while warming up */
  #correlation(i: number, j: number, floor: number): number {
    const a = Math.max(this.#rolling.variance(i), floor * (this.#variances[i] ?? 0));
    const b = Math.max(this.#rolling.variance(j), floor * (this.#variances[j] ?? 0));
    return a > 0 && b > 0 ? this.#rolling.covariance(i, j) / Math.sqrt(a * b) : 0;
  }

  why(): string {
    const { signals } = this.#options;
    let pair = this.#strongest;
    let i = 1;
    for (; pair >= i && i < this.#d; i++) pair -= i;
    const usual = this.#judged > 0 ? (this.#correlations[this.#strongest] ?? 0) / this.#judged : 0;
    return `${signals[pair] ?? ""} and ${signals[i] ?? ""} no longer move together: correlation ${short(this.#found)} over the last ${WINDOW} rows or so, usually ${short(usual)}`;
  }

  release(): void {}

  write(to: ByteWriter): void {
    this.#first.write(to);
    this.#rolling.write(to);
    to.f64s(this.#variances).f64s(this.#correlations).f64s(this.#sums);
    to.f64s(this.#lows).f64s(this.#highs).f64s(this.#over);
    to.u32(this.#judged).f64(this.#strength).u32(this.#strongest).f64(this.#found);
  }

  read(from: ByteReader): void {
    this.#first.read(from);
    this.#rolling.read(from);
    this.#variances.set(from.f64s());
    this.#correlations.set(from.f64s());
    this.#sums.set(from.f64s());
    this.#lows.set(from.f64s());
    this.#highs.set(from.f64s());
    this.#over.set(from.f64s());
    this.#judged = from.u32();
    this.#strength = from.f64();
    this.#strongest = from.u32();
    this.#found = from.f64();
  }
}

function fisher(r: number): number {
  const within = cap(r, LARGEST);
  return 0.5 * log((1 + within) / (1 - within));
}

const LARGEST_FISHER = fisher(1);

function cap(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
