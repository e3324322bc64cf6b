import { Ridge, ridgeForecast } from "./baselines/index.js";
import type { ComparedSequence, ForecastComparison } from "./compare-forecasts.js";
import { forecastTargets } from "./forecast-targets.js";

const PENALTIES = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];

/**
 * A ridge regression on a forecaster's inputs, that forecasts as it does: (y[t + h] - y[t]) / scale[t]. Its
 * penalty is the one that errs least on the validation part; then it is fitted on all before the test part.
 */
export class RidgeForecaster {
  readonly #comparison: ForecastComparison;
  /** [I + 1] */
  readonly #weights: Float64Array;

  constructor(comparison: ForecastComparison) {
    this.#comparison = comparison;
    const early = this.#fit(({ validationFrom }) => validationFrom);
    let best = { error: Number.POSITIVE_INFINITY, penalty: 0 };
    for (const penalty of PENALTIES) {
      const error = this.#validationError(early.solve(penalty));
      if (error < best.error) best = { error, penalty };
    }
    this.#weights = this.#fit(({ testFrom }) => testFrom).solve(best.penalty);
  }

  /** [T] forecasts of y[t], made `steps` before; NaN where there was none. */
  forecasts(sequence: ComparedSequence, steps: number): Float64Array {
    const { targets, target } = this.#comparison;
    const T = sequence.begins.length;
    const forecasts = new Float64Array(T).fill(Number.NaN);
    for (let t = 0; t + steps < T; t++) {
      const step = ridgeForecast(this.#weights, inputAt(sequence, t)) * this.#unit(sequence, t);
      forecasts[t + steps] = sequence.y[t * targets + target]! + step;
    }
    return forecasts;
  }

  #fit(end: (sequence: ComparedSequence) => number): Ridge {
    const { graph, sequences, targets, target } = this.#comparison;
    const ridge = new Ridge(graph.sizes[0]!);
    for (const sequence of sequences) {
      const wanted = this.#wanted(sequence, end(sequence));
      for (let t = 0; t < end(sequence); t++) {
        const step = wanted[t * targets + target]!;
        if (!Number.isNaN(step)) ridge.add(inputAt(sequence, t), step);
      }
    }
    return ridge;
  }

  /** Sum of absolute errors on the validation part, in the target's unit. */
  #validationError(weights: Float64Array): number {
    const { sequences, targets, target } = this.#comparison;
    let sum = 0;
    for (const sequence of sequences) {
      const wanted = this.#wanted(sequence, sequence.testFrom);
      for (let t = sequence.validationFrom; t < sequence.testFrom; t++) {
        const step = wanted[t * targets + target]!;
        if (Number.isNaN(step)) continue;
        sum += Math.abs(step - ridgeForecast(weights, inputAt(sequence, t))) * this.#unit(sequence, t);
      }
    }
    return sum;
  }

  #wanted(sequence: ComparedSequence, end: number): Float64Array {
    const { targets, horizons, horizon } = this.#comparison;
    return forecastTargets(sequence, targets, horizons, horizon, end, "learning");
  }

  #unit(sequence: ComparedSequence, t: number): number {
    const { targets, target, horizons, horizon } = this.#comparison;
    return sequence.scale[(t * targets + target) * horizons.length + horizon]!;
  }
}

/** [I] a view */
function inputAt({ x, begins }: ComparedSequence, t: number): Float64Array {
  const I = x.length / begins.length;
  return x.subarray(t * I, (t + 1) * I);
}
