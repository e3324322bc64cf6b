import { type ByteReader, type ByteWriter, exp, log } from "../../core/index.js";

const DAY_MS = 86_400_000;
/** An alert over budget raises the bar by so much; it comes down again as fast as the budget allows alerts. */
const LOG_STEP = log(1.25);
/** By how much a label moves the bar for good. */
const LABEL_STEP = 1.25;
const LOWEST = 0.6;
const HIGHEST = 100;

/**
 * Holds a key's alerts to a budget: a factor on the threshold, at least 1, that rises by a quarter with every alert and
 * falls by
 *
 *     ln 1.25 x alerts-per-day x time passed / day
 *
 * in its logarithm, so that in the long run no more are raised than the budget says, whatever the stream does
 * (stochastic approximation, Robbins and Monro 1951). A ceiling, not a quota: a quiet key stays at 1. Labels move it
 * for good.
 */
export class AlertBudget {
  readonly #alertsPerDay: number;
  /** ln of the factor that alerts have made, from 0. */
  #raised = 0;
  /** What labels have made of it. */
  #labelled = 1;
  #lastMs = Number.NaN;

  constructor(alertsPerDay: number) {
    this.#alertsPerDay = alertsPerDay;
  }

  /** By how much stronger than usual evidence has to be. */
  get factor(): number {
    return this.#labelled * exp(this.#raised);
  }

  /** Event time has passed; a pause of a day or more counts as a day. */
  observe(timeMs: number): void {
    const passed = Math.min(timeMs - this.#lastMs, DAY_MS);
    if (!(timeMs <= this.#lastMs)) this.#lastMs = timeMs;
    if (!(passed > 0)) return;
    const allowed = (this.#alertsPerDay * passed) / DAY_MS;
    this.#raised = Math.max(0, this.#raised - LOG_STEP * allowed);
  }

  /** An alert was raised. */
  spend(): void {
    this.#raised = Math.min(log(HIGHEST), this.#raised + LOG_STEP);
  }

  /** Somebody says that the bar is too low, or too high. */
  label(isFalse: boolean): void {
    const moved = this.#labelled * (isFalse ? LABEL_STEP : 1 / LABEL_STEP);
    this.#labelled = Math.min(HIGHEST, Math.max(LOWEST, moved));
  }

  /**
   * Somebody says where the bar is to be, in place of what labels have made of it.
   *
   * @param sensitivity 1: as shipped; evidence has to be 1 / sensitivity times as strong; at most 1.6
   */
  set(sensitivity: number): void {
    this.#labelled = 1 / sensitivity;
  }

  write(to: ByteWriter): void {
    to.f64(this.#raised).f64(this.#labelled).f64(this.#lastMs);
  }

  read(from: ByteReader): void {
    this.#raised = from.f64();
    this.#labelled = from.f64();
    this.#lastMs = from.f64();
  }
}
