import type { ByteReader, ByteWriter } from "../core/index.js";
import type { LagFeature } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";
import { PastValues } from "./past-values.js";
import { compress } from "./robust-scaler.js";
import { StepScale } from "./step-scale.js";

/**
 * What a field was a period P ago, seen from today's value, in units of its usual step s[h] in h events:
 *
 *     (y(t - P) - y(t)) / s[first],   for each horizon h: (y(t + h d - P) - y(t)) / s[h]
 *
 * d is the usual time between events. 0, like today, where the past is not known.
 */
export class LagInputs implements KeyFeature {
  readonly #field: string;
  readonly #byMs: number;
  readonly #horizons: readonly number[];
  readonly #past: PastValues;
  readonly #steps: StepScale;
  /** [horizons] */
  readonly #units: Float64Array;

  constructor({ field, byMs }: LagFeature, horizons: readonly number[]) {
    this.#field = field;
    this.#byMs = byMs;
    this.#horizons = horizons;
    this.#past = new PastValues(byMs);
    this.#steps = new StepScale(horizons);
    this.#units = new Float64Array(horizons.length);
  }

  step(input: Float64Array, at: number, moment: Moment): number {
    const value = moment.number(this.#field);
    this.#steps.step(this.#units, 0, value);
    const interval = this.#past.intervalMs;
    const then = moment.time - this.#byMs;
    input[at++] = this.#seen(then, interval, value, this.#units[0] ?? 0);
    for (const [index, steps] of this.#horizons.entries()) {
      input[at++] = this.#seen(then + steps * interval, interval, value, this.#units[index] ?? 0);
    }
    this.#past.learn(moment.time, value);
    return at;
  }

  #seen(timeMs: number, interval: number, value: number, unit: number): number {
    const past = interval > 0 && unit > 0 ? this.#past.near(timeMs, interval) : Number.NaN;
    return Number.isNaN(past) ? 0 : compress((past - value) / unit);
  }

  /** A pause doesn't make the day before another; only steps are not measured across it. */
  begin(): void {
    this.#steps.begin();
  }

  write(to: ByteWriter): void {
    this.#steps.write(to);
    this.#past.write(to);
  }

  read(from: ByteReader): void {
    this.#steps.read(from);
    this.#past.read(from);
  }
}
