import type { ByteReader, ByteWriter } from "../core/index.js";

const DAY_MS = 86_400_000;
/** A residual of fewer usual errors than this is never due an alert. */
const LOWEST = 6;
const START = 8;
/** Relative step of the stochastic approximation. */
const PACE = 0.05;

/**
 * The deviation (in usual errors) at which an alert becomes due, so that a key has at most about
 * `alertsPerDay`: the running (1 - p) quantile of the deviations, never under 6, where
 * p = alertsPerDay x mean interval / day, by stochastic approximation (Robbins and Monro 1951).
 * A ceiling, not a quota: a quiet key stays at 6.
 */
export class Threshold {
  readonly #alertsPerDay: number;
  #value = START;
  #count = 0;
  #intervalMs = 0;
  #lastTime = Number.NaN;

  constructor(alertsPerDay: number) {
    this.#alertsPerDay = alertsPerDay;
  }

  get value(): number {
    return this.#value;
  }

  /** Learns how often events come, by event time; a pause of a day or more says nothing about it. */
  observe(time: number): void {
    const passed = time - this.#lastTime;
    if (passed >= 0 && passed < DAY_MS) {
      this.#count++;
      this.#intervalMs += Math.max(1 / this.#count, 1 / 1000) * (passed - this.#intervalMs);
    }
    if (!(passed < 0)) this.#lastTime = time;
  }

  /** @param deviation of an event at which no alert was open */
  learn(deviation: number): void {
    const share = Math.min(0.05, (this.#alertsPerDay * this.#intervalMs) / DAY_MS);
    const step = PACE * this.#value * ((deviation > this.#value ? 1 : 0) - share);
    this.#value = Math.max(LOWEST, this.#value + step);
  }

  /** Somebody says that it was too low, or too high: by a factor, and never under the lowest. */
  move(factor: number): void {
    this.#value = Math.max(LOWEST, this.#value * factor);
  }

  write(to: ByteWriter): void {
    to.f64(this.#value).u32(this.#count).f64(this.#intervalMs).f64(this.#lastTime);
  }

  read(from: ByteReader): this {
    this.#value = from.f64();
    this.#count = from.u32();
    this.#intervalMs = from.f64();
    this.#lastTime = from.f64();
    return this;
  }
}
