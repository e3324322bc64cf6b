import { problem } from "../../core/index.js";
import type { Baseline } from "./baseline.js";

/** @throws RangeError code `SEASON` unless the season is a positive integer */
export function checkSeason(season: number): void {
  if (Number.isInteger(season) && season > 0) return;
  throw problem(RangeError, {
    code: "SEASON",
    action: "forecast",
    on: "a seasonal series",
    expected: "a season of a positive number of steps",
    found: String(season),
  });
}

/** The forecast is the value at the same place of the newest season known: y[t + h - m ceil(h / m)], m the season. */
export class SeasonalNaive implements Baseline {
  readonly #season: number;
  /** Ring of the newest season; value t stands at t mod m. */
  readonly #ring: Float64Array;
  #count = 0;

  /** @param season in steps, m */
  constructor(season: number) {
    checkSeason(season);
    this.#season = season;
    this.#ring = new Float64Array(season).fill(Number.NaN);
  }

  forecast(steps: number): number {
    return this.#ring[(this.#count - 1 + steps) % this.#season]!;
  }

  observe(y: number): void {
    this.#ring[this.#count % this.#season] = y;
    this.#count++;
  }
}
