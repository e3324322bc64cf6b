import { DOUBT, type TrainingSequence } from "./training-job.js";

/**
 * What the network of one horizon should have said at each step: (y[t+h] - y[t]) / scale[t], NaN where that
 * is not known or not wanted: beyond `end`, across a beginning, while there is no scale, from or to a value that is
 * too doubtful.
 *
 * @param use   what it is wanted for
 * @param index of the horizon
 * @param end   steps of y that may be used: those before it
 * @returns [T, targets]
 */
export function forecastTargets(
  { y, scale, begins, doubtful }: TrainingSequence,
  targets: number,
  horizons: readonly number[],
  index: number,
  end: number,
  use: "judging" | "learning",
): Float64Array {
  const T = begins.length;
  const H = horizons.length;
  const horizon = horizons[index]!;
  const wanted = new Float64Array(T * targets).fill(NaN);
  /** Where the run of steps that `t` belongs to ends. */
  let runEnd = end;
  for (let t = end - 1; t >= 0; t--) {
    const doubt = doubtful === undefined ? DOUBT.none : Math.max(doubtful[t]!, doubtful[t + horizon] ?? 0);
    for (let j = 0; j < targets && doubt < DOUBT[use]; j++) {
      const at = t * targets + j;
      const unit = scale[at * H + index]!;
      if (t + horizon < runEnd && unit > 0) {
        wanted[at] = (y[at + horizon * targets]! - y[at]!) / unit;
      }
    }
    if (begins[t] === 1) runEnd = t;
  }
  return wanted;
}
