import type { AlertState, ByteReader, ByteWriter } from "../../core/index.js";
import { Firing } from "./firing.js";
import { scoreOf } from "./score.js";

/** Below this strength a row counts as calm; between it and 1 an alert neither fires nor ends. */
const CALM = 0.7;

export interface AlertCycleOptions {
  /** Rows of a key before it is known what is usual, W. */
  readonly warmUp: number;
  /** Calm rows in a row that clear an alert. */
  readonly hold: number;
}

/** What became of one row. */
export interface AlertStep {
  /** In [0, 1]: see `scoreOf`. */
  readonly score: number;
  /** It fired: an alert was raised, or would have been were one not open. */
  readonly fires: boolean;
  readonly state: AlertState | undefined;
}

/**
 * From strengths to alerts, for one key. An alert is raised when the strength fires (see `Firing`), updated when it
 * fires again while open, and cleared after `hold` rows in a row with a strength below 0.7.
 *
 * Clearing looks at the strength as it is, without habituation: a detector that holds a plateau keeps its alert open as
 * long as that lasts, however often it fired; one that marks an onset falls back soon, and lets go.
 *
 * Several detectors share one cycle, fed with the largest of their strengths: with one each they would fire twice for
 * the same cause.
 */
export class AlertCycle {
  readonly #hold: number;
  readonly #firing: Firing;
  #since = Number.NaN;
  #calm = 0;

  constructor({ warmUp, hold }: AlertCycleOptions) {
    this.#hold = hold;
    this.#firing = new Firing(warmUp);
  }

  get isOpen(): boolean {
    return !Number.isNaN(this.#since);
  }

  /** Event time at which the open alert was raised, ms. */
  get since(): number {
    return this.#since;
  }

  /**
   * @param strength of the strongest detector
   * @param isReported false while it warms up: it gets used to things, and neither raises nor ends anything
   */
  step(strength: number, time: number, isReported: boolean): AlertStep {
    const { r, fires } = this.#firing.step(strength);
    return { score: scoreOf(r), fires, state: isReported ? this.#next(strength, fires, time) : undefined };
  }

  #next(strength: number, fires: boolean, time: number): AlertState | undefined {
    if (!this.isOpen) {
      if (!fires) return undefined;
      this.#since = time;
      this.#calm = 0;
      return "raised";
    }
    this.#calm = strength < CALM ? this.#calm + 1 : 0;
    if (this.#calm >= this.#hold) return this.clear();
    return fires ? "updated" : undefined;
  }

  /** The score of a row of which nobody is to be told: muted, or under maintenance. */
  rest(strength: number): number {
    return scoreOf(this.#firing.look(strength));
  }

  /** Raises an alert without a row, or goes on with the open one: of something that is sure. */
  announce(time: number): AlertState {
    this.#calm = 0;
    if (this.isOpen) return "updated";
    this.#since = time;
    return "raised";
  }

  /** Ends an open alert, whatever the strength. */
  clear(): AlertState | undefined {
    if (!this.isOpen) return undefined;
    this.#since = Number.NaN;
    this.#calm = 0;
    return "cleared";
  }

  /** Goes on with the alert of another, not with what that one got used to. */
  take(other: AlertCycle): void {
    this.#since = other.#since;
    this.#calm = other.#calm;
  }

  write(to: ByteWriter): void {
    this.#firing.write(to);
    to.f64(this.#since).u32(this.#calm);
  }

  read(from: ByteReader): this {
    this.#firing.read(from);
    this.#since = from.f64();
    this.#calm = from.u32();
    return this;
  }
}
