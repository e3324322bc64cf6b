import { Rng } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { spectralRadius } from "../spectral-radius.js";

/** Units. */
export const HIDDEN = 64;
const INPUT_SPREAD = 0.6;
/** Share of the recurrent weights that are not 0. */
const DENSITY = 0.15;
const SPECTRAL_RADIUS = 0.9;

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
