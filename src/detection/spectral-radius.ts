import { exp, log, type Rng } from "../core/index.js";

/** Steps of the power method: until it has settled, and over which growth is averaged. */
const SETTLING = 100;
const COUNTED = 400;

/**
 * |largest eigenvalue| by the power method: the mean growth of a vector over many steps, since a complex pair lets
 * single steps swing.
 *
 * @param matrix [n] rows of n
 */
export function spectralRadius(matrix: readonly Float64Array[], rng: Rng): number {
  let vector = Float64Array.from(matrix, () => rng.normal());
  let sum = 0;
  for (let step = 0; step < SETTLING + COUNTED; step++) {
    vector = Float64Array.from(matrix, (row) =>
      row.reduce((all, weight, j) => all + weight * (vector[j] ?? 0), 0),
    );
    const norm = Math.sqrt(vector.reduce((all, value) => all + value * value, 0));
    vector = vector.map((value) => value / norm);
    if (step >= SETTLING) sum += log(norm);
  }
  return exp(sum / COUNTED);
}
