import { type TimeZone, timeZone } from "../../core/index.js";

const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday; 0 is Sunday. */
const FIRST_WEEKDAY = 4;

/** A time in which no alerts are wanted: once, or again and again by what clocks show. */
export type MaintenanceWindow = (
  | { readonly from: number; readonly to: number }
  | {
      /** Milliseconds after midnight at which it begins, and for how long it lasts, ms. */
      readonly at: number;
      readonly forMs: number;
      /** 0 is Sunday; absent: every day. */
      readonly weekdays?: readonly number[];
    }
) & {
  /** Absent: all keys. */
  readonly keys?: readonly string[];
};

/** Windows of maintenance, of which those that recur go by the clocks of one zone. */
export class Maintenance {
  readonly #windows: readonly MaintenanceWindow[];
  readonly #zone: TimeZone;

  /**
   * @param zone IANA name
   * @throws RangeError code `BAD_ZONE`
   */
  constructor(windows: readonly MaintenanceWindow[], zone: string) {
    this.#windows = windows;
    this.#zone = timeZone(zone);
  }

  /**
   * When the maintenance in which an instant lies ends, ms; undefined: it lies in none.
   *
   * @param timeMs event time
   */
  until(key: string, timeMs: number): number | undefined {
    let end: number | undefined;
    for (const window of this.#windows) {
      if (window.keys && !window.keys.includes(key)) continue;
      const own = "at" in window ? this.#recurring(window, timeMs) : window;
      if (own && own.from <= timeMs && timeMs < own.to) end = Math.max(end ?? own.to, own.to);
    }
    return end;
  }

  /** The newest one that has begun by then. */
  #recurring(
    { at, forMs, weekdays }: Extract<MaintenanceWindow, { readonly at: number }>,
    timeMs: number,
  ): { readonly from: number; readonly to: number } | undefined {
    const today = Math.floor((timeMs + this.#zone.offsetAt(timeMs)) / DAY_MS);
    // It may have begun days ago, or a day later by the clocks than it lasts by them.
    for (let day = today; day >= today - Math.ceil(forMs / DAY_MS); day--) {
      const weekday = (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
      if (weekdays && !weekdays.includes(weekday)) continue;
      const from = this.#zone.toUtc(day * DAY_MS + at);
      if (from <= timeMs) return { from, to: from + forMs };
    }
    return undefined;
  }
}
