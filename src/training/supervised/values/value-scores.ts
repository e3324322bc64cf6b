import type { Judged, Scores } from "../objective.js";

/** How far estimates are off, in the value's own unit. */
export interface ValueScores extends Scores {
  /** Mean of |error|. */
  readonly mae: number;
  /** Root of the mean of its square. */
  readonly rmse: number;
}

/**
 * @param estimates [N] in parts of any size; one that is NaN says nothing and is not judged
 * @param values    [N] in parts alike; NaN where unknown: not judged
 */
export function valueScores(
  estimates: readonly Float64Array[],
  values: readonly Float64Array[],
): Judged<ValueScores> {
  let [absolute, squares, count] = [0, 0, 0];
  for (const [part, own] of values.entries()) {
    for (const [row, value] of own.entries()) {
      const error = estimates[part]![row]! - value;
      if (Number.isNaN(error)) continue;
      absolute += Math.abs(error);
      squares += error * error;
      count++;
    }
  }
  return { scores: { mae: absolute / count, rmse: Math.sqrt(squares / count) }, count };
}
