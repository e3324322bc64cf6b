import type { TrainingSequence } from "./training-job.js";

/**
 * What a forecaster should have said at each step: (y[t+h] - y[t]) / scale[t], NaN where that is not
 * known: beyond `end`, across a beginning, or while there is no scale.
 *
 * @param end steps of y that may be used: those before it
 * @returns [T, targets * horizons], output j * horizons + i for target j and horizon i
 */
export function forecastTargets(
  { y, scale, begins }: TrainingSequence,
  targets: number,
  horizons: readonly number[],
  end: number,
): Float64Array {
  const T = begins.length;
  const O = targets * horizons.length;
  const wanted = new Float64Array(T * O).fill(NaN);
  /** Where the run of steps that `t` belongs to ends. */
  let runEnd = end;
  for (let t = end - 1; t >= 0; t--) {
    for (let j = 0; j < targets; j++) {
      for (const [i, horizon] of horizons.entries()) {
        const at = t * O + j * horizons.length + i;
        const unit = scale[at]!;
        if (t + horizon < runEnd && unit > 0) {
          wanted[at] = (y[(t + horizon) * targets + j]! - y[t * targets + j]!) / unit;
        }
      }
    }
    if (begins[t] === 1) runEnd = t;
  }
  return wanted;
}
