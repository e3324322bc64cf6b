import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Detector, Row } from "../detector.js";
import { short } from "../words.js";

/** What a value can be at all, and how fast it can change. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
  /** Largest change a second. */
  readonly perSecond?: number;
}

/** A value that physics doesn't allow: out of its range, or faster than it can change. */
export class RangeDetector implements Detector {
  readonly name = "range";
  readonly bytes = 16;
  readonly #target: string;
  readonly #limits: Limits;
  #value = Number.NaN;
  #time = Number.NaN;
  #why = "";

  constructor(target: string, limits: Limits) {
    this.#target = target;
    this.#limits = limits;
  }

  step({ values, time, begins }: Row): number {
    const value = values[0] ?? 0;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, perSecond } = this.#limits;
    const seconds = (time - this.#time) / 1000;
    const change = Math.abs(value - this.#value);
    const isFast =
      perSecond !== undefined &&
      !begins &&
      seconds > 0 &&
      !Number.isNaN(change) &&
      change / seconds > perSecond;
    const isOut = value < min || value > max;
    if (isOut) {
      const range = [min, max].map((limit) => (Number.isFinite(limit) ? short(limit) : "any")).join(" to ");
      this.#why = `${this.#target} ${short(value)} is out of its range, ${range}`;
    } else if (isFast) {
      const rate = short(change / seconds);
      this.#why = `${this.#target} changed by ${rate} a second, at most ${short(perSecond)} is possible`;
    }
    this.#value = value;
    this.#time = time;
    return isOut || isFast ? FOR_SURE : 0;
  }

  why(): string {
    return this.#why;
  }

  release(): void {}

  write(to: ByteWriter): void {
    to.f64(this.#value).f64(this.#time).text(this.#why);
  }

  read(from: ByteReader): void {
    this.#value = from.f64();
    this.#time = from.f64();
    this.#why = from.text();
  }
}

/** There is nothing to weigh: so strong that it is an alert of its own soon after a slighter one, too. */
const FOR_SURE = 10;
