import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { duration } from "../words.js";

/** The share is a running mean over about so many rows that were due. */
const WINDOW = 100;
/** One pause counts as so many missing rows at most: longer ones are silence. */
const PAUSE = WINDOW / 5;
/** Intervals that tell the usual one, at most. */
const LEARNED = 256;
/** Of them so many lie within a quarter of the median or of a multiple of it, or there is no rhythm. */
const REGULAR = 0.8;
const NEAR = 0.25;
/** The bar: at least this share, and twice what was usual, and a little. */
const LEAST = 0.2;
const TIMES = 2;
const MORE = 0.05;
/** After so many rows over the bar, less twice those under it, as many as are missing now are usual. */
const NEW_NORMAL = 1000;

export interface MissingOptions {
  /** Rows in which as many may be missing as will. */
  readonly warmUp: number;
  /** The time between rows, ms; absent: learned, and where it has no rhythm nothing is said. */
  readonly intervalMs?: number;
  /** Share of rows that may be missing, above 0; absent: 0.2, or twice what was usual. */
  readonly most?: number;
}

/**
 * Rows that were due and did not come, as a share of the last hundred or so: s <- 0.99 s + 0.01 for each missing one,
 * s <- 0.99 s for each that came. Strength is s over the bar.
 */
export class MissingDetector implements Detector {
  readonly name = "missing";
  readonly #options: MissingOptions;
  /** Until the usual interval is known. */
  #intervals: number[] = [];
  /** ms; NaN while unknown, 0 where there is none. */
  #interval: number;
  #last = Number.NaN;
  #share = 0;
  /** The largest usual share. */
  #usual = 0;
  #over = 0;

  constructor(options: MissingOptions) {
    this.#options = options;
    this.#interval = options.intervalMs ?? Number.NaN;
  }

  get bytes(): number {
    return 48 + 8 * this.#intervals.length;
  }

  step({ time, count }: Row): number | null {
    const { warmUp } = this.#options;
    const passed = time - this.#last;
    if (!(passed <= 0)) this.#last = time;
    if (Number.isNaN(this.#interval)) {
      if (passed > 0) this.#intervals.push(passed);
      const enough = Math.min(LEARNED, Math.ceil(warmUp / 2));
      if (this.#intervals.length >= Math.max(2, enough)) this.#learn();
      return null;
    }
    if (this.#interval === 0) return null;
    const missed = passed > 0 ? Math.min(PAUSE, Math.floor(passed / this.#interval + 0.5) - 1) : 0;
    for (let i = 0; i < missed; i++) this.#share += (1 - this.#share) / WINDOW;
    this.#share -= this.#share / WINDOW;
    if (count <= warmUp) {
      this.#usual = Math.max(this.#usual, this.#share);
      return this.#options.most === undefined ? null : this.#share / this.#bar;
    }
    const strength = this.#share / this.#bar;
    this.#over = Math.max(0, this.#over + (strength > 1 ? 1 : -2));
    if (this.#over >= NEW_NORMAL) {
      this.#usual = this.#share;
      this.#over = 0;
    }
    return strength;
  }

  get #bar(): number {
    return this.#options.most ?? Math.max(LEAST, TIMES * this.#usual + MORE);
  }

  #learn(): void {
    const sorted = Float64Array.from(this.#intervals).sort();
    const median = sorted[sorted.length >> 1] ?? 0;
    const regular = sorted.filter((passed) => {
      const times = Math.max(1, Math.floor(passed / median + 0.5));
      return Math.abs(passed / median - times) <= NEAR;
    });
    this.#interval = regular.length >= REGULAR * sorted.length ? median : 0;
    this.#intervals = [];
  }

  why(): string {
    const percent = (share: number) => `${Math.round(100 * share)} %`;
    if (!(this.#interval > 0)) return "rows come without a rhythm: whether any are missing can't be told";
    const rhythm = `a row every ${duration(this.#interval)}`;
    return `of the last ${WINDOW} rows or so ${percent(this.#share)} did not come (${rhythm}; usual: up to ${percent(this.#usual)})`;
  }

  release(): void {}

  write(to: ByteWriter): void {
    to.f64s(this.#intervals).f64(this.#interval).f64(this.#last);
    to.f64(this.#share).f64(this.#usual).u32(this.#over);
  }

  read(from: ByteReader): void {
    this.#intervals = [...from.f64s()];
    this.#interval = from.f64();
    this.#last = from.f64();
    this.#share = from.f64();
    this.#usual = from.f64();
    this.#over = from.u32();
  }
}
