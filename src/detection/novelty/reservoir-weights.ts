import { exp, log, Rng } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";

/** Units. */
export const HIDDEN = 64;
const INPUT_SPREAD = 0.6;
/** Share of the recurrent weights that are not 0. */
const DENSITY = 0.15;
const SPECTRAL_RADIUS = 0.9;
/** Steps of the power method: until it has settled, and over which growth is averaged. */
const SETTLING = 100;
const COUNTED = 400;

/**
 * A random recurrent layer that is never trained (Jaeger 2001, "The echo state approach"): it is the same for every
 * key, so that what one has learned of its states stays true.
 *
 * @param inputs I
 * @returns panels as `affineRow` wants them, [H / 16][1 + I + H][16], bias first
 */
export function reservoirWeights(kernel: Kernel, inputs: number, seed: number): Pointer {
  const rng = new Rng(seed);
  const input = Array.from({ length: HIDDEN }, () =>
    Float64Array.from({ length: inputs + 1 }, () => INPUT_SPREAD * rng.normal()),
  );
  const recurrent = Array.from({ length: HIDDEN }, () =>
    Float64Array.from({ length: HIDDEN }, () => (rng.uniform() < DENSITY ? rng.normal() : 0)),
  );
  const scale = SPECTRAL_RADIUS / spectralRadius(recurrent, rng);
  const rows = 1 + inputs + HIDDEN;
  const pointer = kernel.allocate(rows * HIDDEN);
  const packed = kernel.view(pointer, rows * HIDDEN);
  for (let n = 0; n < HIDDEN; n++) {
    const at = (row: number) => (Math.floor(n / 16) * rows + row) * 16 + (n % 16);
    packed[at(0)] = input[n]?.[inputs] ?? 0;
    for (let i = 0; i < inputs; i++) packed[at(1 + i)] = input[n]?.[i] ?? 0;
    for (let j = 0; j < HIDDEN; j++) packed[at(1 + inputs + j)] = scale * (recurrent[n]?.[j] ?? 0);
  }
  return pointer;
}

/**
 * |largest eigenvalue| by the power method: the mean growth of a vector over many steps, since a complex pair lets
 * single steps swing.
 */
function spectralRadius(matrix: readonly Float64Array[], rng: Rng): number {
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
