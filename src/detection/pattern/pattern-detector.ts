import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel } from "../../kernel/index.js";
import type { Detector, Row } from "../detector.js";
import { duration, oneIn, short } from "../words.js";
import { FrozenScale } from "./frozen-scale.js";
import { LagProfiles, UNKNOWN, WIDTHS } from "./lag-profiles.js";
import { LinearPredictor } from "./linear-predictor.js";
import { TailHistogram } from "./tail-histogram.js";

/** Channels: the linear predictor's error, then the distances at each width. */
const CHANNELS = 1 + WIDTHS.length;
/** Of the warm-up; what comes before is no yardstick. */
const RANKED_FROM = 0.25;
/** Gives 13 false alerts per 10,000 rows of noise; 2.5 gives 3, 3 gives 0.2, 4 none. */
const THRESHOLD = 2;

/** Larger values are taken as this: their squares still are numbers. */
const LARGEST_VALUE = 1e100;

export interface PatternOptions {
  /** Rows of a key before it is known what is usual, W. */
  readonly warmUp: number;
  /** Values that patterns are looked for in, N, a multiple of 4; default 4,000. */
  readonly ring?: number;
  /** G at which an alert is due; default 2. */
  readonly threshold?: number;
}

/**
 * Finds patterns that have not been there before in one signal: how far the newest 4, 8 and 32 values are from the
 * most similar stretch among the last N, and how badly a linear predictor was off, each by how improbable that is;
 * G is the mean of the four and of their largest.
 *
 * The warm-up is kept until its end, tells the scale, and is then stepped through unreported.
 */
export class PatternDetector implements Detector {
  readonly name = "pattern";
  readonly #options: PatternOptions;
  readonly #scale = new FrozenScale();
  readonly #predictor: LinearPredictor;
  readonly #profiles: LagProfiles;
  readonly #tails = Array.from({ length: CHANNELS }, () => new TailHistogram());
  /** Values of the warm-up, until it ends. */
  #waiting: number[] = [];
  #count = 0;
  #g = 0;
  readonly #surprises = new Float64Array(CHANNELS);
  readonly #distances = new Float64Array(WIDTHS.length);
  #value = 0;
  #first = Number.NaN;
  #last = Number.NaN;

  constructor(options: PatternOptions, kernel: Kernel) {
    this.#options = options;
    this.#predictor = new LinearPredictor(kernel);
    this.#profiles = new LagProfiles(kernel, options.ring ?? 4000);
  }

  get bytes(): number {
    const tails = this.#tails.reduce((sum, { bytes }) => sum + bytes, 0);
    return this.#predictor.bytes + this.#profiles.bytes + tails + 8 * this.#waiting.length;
  }

  /** Evidence, not in thresholds: the mean of the surprises and of their largest. */
  get evidence(): number {
    return this.#g;
  }

  step({ values, time }: Row): number | null {
    const x = Math.max(-LARGEST_VALUE, Math.min(LARGEST_VALUE, values[0] ?? 0));
    this.#value = x;
    this.#count++;
    if (Number.isNaN(this.#first)) this.#first = time;
    this.#last = time;
    const { warmUp, threshold = THRESHOLD } = this.#options;
    if (this.#count < warmUp) {
      this.#waiting.push(x);
      return null;
    }
    if (this.#count === warmUp) {
      this.#scale.freeze(Float64Array.of(...this.#waiting, x));
      for (const [row, earlier] of this.#waiting.entries()) this.#judge(earlier, row);
      this.#waiting = [];
    }
    this.#judge(x, this.#count - 1);
    return this.#g / threshold;
  }

  /** @param row from 0 */
  #judge(x: number, row: number): void {
    const v = this.#scale.apply(x);
    const error = this.#predictor.error(v);
    this.#profiles.step(this.#distances, v);
    if (row < RANKED_FROM * this.#options.warmUp) return;
    let sum = 0;
    let largest = 0;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const z = channel === 0 ? error : (this.#distances[channel - 1] ?? 0);
      // A distance that can't be told yet is no yardstick for those that can.
      const s = z === UNKNOWN ? 0 : (this.#tails[channel]?.surprise(z) ?? 0);
      this.#surprises[channel] = s;
      sum += s;
      largest = Math.max(largest, s);
    }
    this.#g = (sum + largest) / (CHANNELS + 1);
  }

  why(): string {
    const channel = this.#surprises.reduce((best, s, i) => (s > (this.#surprises[best] ?? 0) ? i : best), 0);
    const odds = oneIn(this.#surprises[channel] ?? 0);
    if (channel === 0) return `${short(this.#value)} does not follow from the values before it (${odds})`;
    const rowMs = this.#count > 1 ? (this.#last - this.#first) / (this.#count - 1) : 0;
    const width = WIDTHS[channel - 1] ?? 0;
    const lag = this.#profiles.bestLag(channel - 1);
    const seen = lag > 0 ? `; most alike ${duration(lag * rowMs)} ago` : "";
    return `the pattern of the last ${duration(width * rowMs)} is unlike any before it (${odds}${seen})`;
  }

  release(): void {
    this.#predictor.release();
    this.#profiles.release();
  }

  write(to: ByteWriter): void {
    this.#scale.write(to);
    this.#predictor.write(to);
    this.#profiles.write(to);
    for (const tail of this.#tails) tail.write(to);
    to.f64s(this.#waiting).f64(this.#count).f64(this.#g).f64s(this.#surprises).f64s(this.#distances);
    to.f64(this.#value).f64(this.#first).f64(this.#last);
  }

  read(from: ByteReader): void {
    this.#scale.read(from);
    this.#predictor.read(from);
    this.#profiles.read(from);
    for (const tail of this.#tails) tail.read(from);
    this.#waiting = [...from.f64s()];
    this.#count = from.f64();
    this.#g = from.f64();
    this.#surprises.set(from.f64s());
    this.#distances.set(from.f64s());
    this.#value = from.f64();
    this.#first = from.f64();
    this.#last = from.f64();
  }
}
