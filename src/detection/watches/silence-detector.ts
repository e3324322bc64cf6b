import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { UsualInterval } from "../usual-interval.js";
import { duration } from "../words.js";

/** A silence this many times as long as the longest usual one, and ten usual intervals more, is due an alert. */
const TIMES = 3;
const MORE = 10;
/** A silence that was due raises the bar by so much at most: one that comes again and again gets usual. */
const RAISES = 2;

export interface SilenceOptions {
  /** Rows in which every silence is the source's way. */
  readonly warmUp: number;
  /** A longer silence is due an alert, whatever was before, ms; absent: learned from the source. */
  readonly longestMs?: number;
}

/**
 * A source that said nothing for far longer than it ever did. Only its next row can tell: what never comes back has to be
 * seen by whoever has a clock (see `LastHeard`). Strength is silence / (3 longest + 10 usual), or silence / longestMs.
 */
export class SilenceDetector implements Detector {
  readonly name = "silence";
  readonly bytes = 64;
  readonly #options: SilenceOptions;
  readonly #usual = new UsualInterval();
  #last = Number.NaN;
  /** The longest usual silence, the newest one, and what it was compared with, ms. */
  #longest = 0;
  #silence = 0;
  #before = 0;
  #isWarm = false;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** A silence after the newest row that is longer is due an alert, ms; infinite while that isn't known. */
  get limitMs(): number {
    const { longestMs } = this.#options;
    if (longestMs !== undefined) return longestMs;
    const known = this.#isWarm && this.#usual.ms > 0;
    return known ? TIMES * this.#longest + MORE * this.#usual.ms : Number.POSITIVE_INFINITY;
  }

  /** Of a silence that lasts, in words. */
  whySilent(silenceMs: number): string {
    return this.#words(silenceMs, this.#longest);
  }

  step({ time, count }: Row): number | null {
    return this.observe(time, count);
  }

  /** @param time ms, by whatever clock */
  observe(time: number, count: number): number | null {
    const { warmUp, longestMs } = this.#options;
    const silence = time - this.#last;
    const usual = this.#usual.ms;
    this.#usual.observe(time);
    if (!(silence <= 0)) this.#last = time;
    this.#isWarm = count > warmUp;
    this.#before = this.#longest;
    this.#silence = silence > 0 ? silence : 0;
    const limit = longestMs ?? TIMES * this.#longest + MORE * usual;
    if (count <= warmUp || this.#silence <= limit) this.#longest = Math.max(this.#longest, this.#silence);
    else this.#longest = Math.min(this.#silence, RAISES * Math.max(this.#longest, usual));
    if (longestMs === undefined && (count <= warmUp || usual === 0)) return null;
    return limit > 0 ? this.#silence / limit : 0;
  }

  why(): string {
    return this.#words(this.#silence, this.#before);
  }

  #words(silenceMs: number, longest: number): string {
    const { longestMs } = this.#options;
    const allowed = longestMs === undefined ? "" : `, at most ${duration(longestMs)} is allowed`;
    return `nothing came for ${duration(silenceMs)}${allowed}; longest usual silence before ${duration(longest)}`;
  }

  release(): void {}

  write(to: ByteWriter): void {
    this.#usual.write(to);
    to.f64(this.#last).f64(this.#longest).f64(this.#silence).f64(this.#before);
    to.u8(this.#isWarm ? 1 : 0);
  }

  read(from: ByteReader): void {
    this.#usual.read(from);
    this.#last = from.f64();
    this.#longest = from.f64();
    this.#silence = from.f64();
    this.#before = from.f64();
    this.#isWarm = from.u8() === 1;
  }
}
