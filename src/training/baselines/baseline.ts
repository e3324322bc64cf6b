/**
 * A forecaster without a network that follows one series value by value: what a network has to beat.
 *
 * `forecast` before `observe`: a forecast knows only what was observed.
 */
export interface Baseline {
  /** The value that comes `steps` after the newest one observed; NaN while not known. */
  forecast(steps: number): number;
  /** @param y the next value of the series, finite */
  observe(y: number): void;
}

/**
 * Errors of forecasts made `steps` ahead, y[t + steps] - forecast, at every t + steps in [from, to).
 *
 * @param y [T]
 * @returns [to - from], NaN where there was no forecast
 */
export function baselineErrors(
  baseline: Baseline,
  y: Float64Array,
  steps: number,
  from: number,
  to: number,
): Float64Array {
  const errors = new Float64Array(to - from).fill(Number.NaN);
  for (let t = 0; t + steps < to; t++) {
    baseline.observe(y[t]!);
    if (t + steps >= from) errors[t + steps - from] = y[t + steps]! - baseline.forecast(steps);
  }
  return errors;
}
