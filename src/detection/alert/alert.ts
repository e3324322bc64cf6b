import type { AlertState, ByteReader, ByteWriter } from "../../core/index.js";

/** Where an alert becomes due. */
export const DUE = 0.5;
/** An event counts as calm below this score: between the two an alert neither raises nor ends. */
const CALM = 0.3;

/**
 * The decision behind the score, with hysteresis: raised when the score reaches 0.5, cleared after
 * `hold` calm events in a row (score below 0.3), updated when it reaches 0.5 again in between.
 */
export class Alert {
  readonly #hold: number;
  #since = Number.NaN;
  #calm = 0;
  #wasDue = false;

  constructor(hold: number) {
    this.#hold = hold;
  }

  get isOpen(): boolean {
    return !Number.isNaN(this.#since);
  }

  /** Event time at which the open alert was raised, ms. */
  get since(): number {
    return this.#since;
  }

  /** @returns what changed; `since` still tells when a cleared alert was raised until the next step */
  step(score: number, time: number): { state: AlertState; since: number } | undefined {
    const due = score >= DUE;
    if (!this.isOpen) {
      if (!due) return undefined;
      this.#since = time;
      this.#calm = 0;
      this.#wasDue = true;
      return { state: "raised", since: time };
    }
    const since = this.#since;
    const again = due && !this.#wasDue;
    this.#wasDue = due;
    this.#calm = score < CALM ? this.#calm + 1 : 0;
    if (this.#calm >= this.#hold) {
      this.#since = Number.NaN;
      this.#wasDue = false;
      return { state: "cleared", since };
    }
    return again ? { state: "updated", since } : undefined;
  }

  /** Goes on where another stood. */
  take(other: Alert): void {
    this.#since = other.#since;
    this.#calm = other.#calm;
    this.#wasDue = other.#wasDue;
  }

  /** Ends an open alert, whatever the score. */
  clear(): { state: AlertState; since: number } | undefined {
    if (!this.isOpen) return undefined;
    const since = this.#since;
    this.#since = Number.NaN;
    this.#wasDue = false;
    return { state: "cleared", since };
  }

  write(to: ByteWriter): void {
    to.f64(this.#since)
      .u32(this.#calm)
      .u8(this.#wasDue ? 1 : 0);
  }

  read(from: ByteReader): this {
    this.#since = from.f64();
    this.#calm = from.u32();
    this.#wasDue = from.u8() === 1;
    return this;
  }
}
