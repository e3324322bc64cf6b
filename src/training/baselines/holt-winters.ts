import type { Baseline } from "./baseline.js";
import { checkSeason } from "./seasonal-naive.js";

/** How fast level, trend and season follow, each in [0, 1]. */
export interface HoltWintersRates {
  readonly level: number;
  readonly trend: number;
  readonly season: number;
}

/**
 * Triple exponential smoothing with additive season (Holt 1957; Winters 1960; in the error-correction form
 * of Hyndman et al. 2008), m the season, e = y - (l + b + s) the error of the forecast one step ahead:
 *
 *     l = l + b + alpha e;   b = b + alpha beta e;   s = s + gamma e
 *     forecast(h) = l + h b + s of the place h ahead
 *
 * Starts after two seasons: l their second's mean, b the difference of their means over m, s the mean
 * deviations from that line.
 */
export class HoltWinters implements Baseline {
  readonly #rates: HoltWintersRates;
  readonly #season: number;
  /** Deviation of each place in the season; value t stands at t mod m. */
  readonly #seasonal: Float64Array;
  /** The first two seasons, until they are complete. */
  #first: number[] | undefined = [];
  #level = Number.NaN;
  #trend = 0;
  #count = 0;

  /** @param season in steps, m */
  constructor(season: number, rates: HoltWintersRates) {
    checkSeason(season);
    this.#season = season;
    this.#rates = rates;
    this.#seasonal = new Float64Array(season);
  }

  forecast(steps: number): number {
    return this.#level + steps * this.#trend + this.#seasonal[(this.#count - 1 + steps) % this.#season]!;
  }

  observe(y: number): void {
    const place = this.#count % this.#season;
    this.#count++;
    if (this.#first !== undefined) {
      this.#first.push(y);
      if (this.#count === 2 * this.#season) this.#start(this.#first);
      return;
    }
    const { level, trend, season } = this.#rates;
    const expected = this.#level + this.#trend;
    const error = y - expected - this.#seasonal[place]!;
    this.#level = expected + level * error;
    this.#trend += level * trend * error;
    this.#seasonal[place]! += season * error;
  }

  #start(first: readonly number[]): void {
    const m = this.#season;
    const mean = (from: number) => first.slice(from, from + m).reduce((sum, y) => sum + y, 0) / m;
    const [one, two] = [mean(0), mean(m)];
    this.#trend = (two - one) / m;
    const middle = (m - 1) / 2;
    for (let i = 0; i < m; i++) {
      this.#seasonal[i] = (first[i]! - one + first[m + i]! - two) / 2 - this.#trend * (i - middle);
    }
    // The second season's mean stands in its middle.
    this.#level = two + this.#trend * middle;
    this.#first = undefined;
  }
}

const STEPS_OF_SEARCH = [0.25, 0.1, 0.04, 0.015];

/**
 * The rates with the least squared error of one step ahead on y[0, end): the best of a coarse grid, then
 * improved one rate at a time in ever smaller steps.
 */
export function fitHoltWinters(season: number, y: Float64Array, end: number): HoltWintersRates {
  const loss = (rates: HoltWintersRates): number => {
    const model = new HoltWinters(season, rates);
    let sum = 0;
    for (let t = 0; t < end; t++) {
      const error = y[t]! - model.forecast(1);
      if (!Number.isNaN(error)) sum += error * error;
      model.observe(y[t]!);
    }
    return sum;
  };
  let best: HoltWintersRates = { level: 0.5, trend: 0, season: 0.1 };
  let least = Number.POSITIVE_INFINITY;
  const consider = (rates: HoltWintersRates): void => {
    const sum = loss(rates);
    if (sum < least) [best, least] = [rates, sum];
  };
  for (const level of [0.1, 0.5, 0.9]) {
    for (const trend of [0, 0.05]) for (const s of [0.05, 0.3]) consider({ level, trend, season: s });
  }
  for (const step of STEPS_OF_SEARCH) {
    for (const rate of ["level", "trend", "season"] as const) {
      for (const by of [-step, step]) {
        const value = best[rate] + by;
        if (value >= 0 && value <= 1) consider({ ...best, [rate]: value });
      }
    }
  }
  return best;
}
