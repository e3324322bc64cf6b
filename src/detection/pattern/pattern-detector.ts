import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel } from "../../kernel/index.js";
import type { Detector, Row } from "../detector.js";
import { duration, oneIn, short } from "../words.js";
import { FrozenScale } from "./frozen-scale.js";
import { LagProfiles, WIDTHS } from "./lag-profiles.js";
import { LinearPredictor } from "./linear-predictor.js";
import { TailHistograms } from "./tail-histograms.js";

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

/** What only a key needs whose warm-up has ended. */
interface Parts {
  readonly predictor: LinearPredictor;
  readonly profiles: LagProfiles;
  readonly tails: TailHistograms;
}

function allOf({
  predictor,
  profiles,
  tails,
}: Parts): readonly (LinearPredictor | LagProfiles | TailHistograms)[] {
  return [predictor, profiles, tails];
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
  readonly #kernel: Kernel;
  /** Made when the warm-up has ended. */
  #parts: Parts | undefined;
  /** Values of the warm-up, until it ends. */
  #waiting: number[] = [];
  #count = 0;
  #g = 0;
  /** [channels] the error and the distances, and how improbable they are. */
  readonly #values = new Float64Array(CHANNELS);
  readonly #surprises = new Float64Array(CHANNELS);
  #value = 0;
  #first = Number.NaN;
  #last = Number.NaN;

  constructor(options: PatternOptions, kernel: Kernel) {
    this.#options = options;
    this.#kernel = kernel;
  }

  #make(): Parts {
    return {
      predictor: new LinearPredictor(this.#kernel),
      profiles: new LagProfiles(this.#kernel, this.#options.ring ?? 4000),
      tails: new TailHistograms(this.#kernel, CHANNELS),
    };
  }

  get bytes(): number {
    const parts = this.#parts ? allOf(this.#parts) : [];
    return parts.reduce((sum, { bytes }) => sum + bytes, 0) + 8 * this.#waiting.length;
  }

  get mostBytes(): number {
    const { profiles } = this.#parts ?? {};
    return this.bytes + (profiles ? profiles.mostBytes - profiles.bytes : 0);
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
      this.#parts = this.#make();
      for (const [row, earlier] of this.#waiting.entries()) this.#judge(this.#parts, earlier, row);
      this.#waiting = [];
    }
    if (this.#parts) this.#judge(this.#parts, x, this.#count - 1);
    return this.#g / threshold;
  }

  /** @param row from 0 */
  #judge({ predictor, profiles, tails }: Parts, x: number, row: number): void {
    const v = this.#scale.apply(x);
    this.#values[0] = predictor.error(v);
    profiles.step(this.#values, v, 1);
    if (row < RANKED_FROM * this.#options.warmUp) return;
    tails.step(this.#values, this.#surprises);
    let sum = 0;
    let largest = 0;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const s = this.#surprises[channel]!;
      sum += s;
      if (s > largest) largest = s;
    }
    this.#g = (sum + largest) / (CHANNELS + 1);
  }

  why(): string {
    const channel = this.#surprises.reduce((best, s, i) => (s > (this.#surprises[best] ?? 0) ? i : best), 0);
    const odds = oneIn(this.#surprises[channel] ?? 0);
    if (channel === 0) return `${short(this.#value)} does not follow from the values before it (${odds})`;
    const rowMs = this.#count > 1 ? (this.#last - this.#first) / (this.#count - 1) : 0;
    const width = WIDTHS[channel - 1] ?? 0;
    const lag = this.#parts?.profiles.bestLag(channel - 1) ?? 0;
    const seen = lag > 0 ? `; most alike ${duration(lag * rowMs)} ago` : "";
    return `the pattern of the last ${duration(width * rowMs)} is unlike any before it (${odds}${seen})`;
  }

  release(): void {
    for (const part of this.#parts ? allOf(this.#parts) : []) part.release();
    this.#parts = undefined;
  }

  write(to: ByteWriter): void {
    this.#scale.write(to);
    to.u8(this.#parts ? 1 : 0);
    if (this.#parts) for (const part of allOf(this.#parts)) part.write(to);
    to.f64s(this.#waiting).f64(this.#count).f64(this.#g).f64s(this.#values).f64s(this.#surprises);
    to.f64(this.#value).f64(this.#first).f64(this.#last);
  }

  read(from: ByteReader): void {
    this.#scale.read(from);
    this.release();
    if (from.u8() === 1) {
      this.#parts = this.#make();
      for (const part of allOf(this.#parts)) part.read(from);
    }
    this.#waiting = [...from.f64s()];
    this.#count = from.f64();
    this.#g = from.f64();
    this.#values.set(from.f64s());
    this.#surprises.set(from.f64s());
    this.#value = from.f64();
    this.#first = from.f64();
    this.#last = from.f64();
  }
}
