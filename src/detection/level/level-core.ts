import { Rng, tanh } from "../../core/index.js";
import { spectralRadius } from "../spectral-radius.js";

/** Units. */
export const HIDDEN = 32;
const SPECTRAL_RADIUS = 0.7;
const INPUT_SPREAD = 0.3;
const BIAS_SPREAD = 0.2;
const LEAK = 0.3;

/** A small random recurrent layer that is never trained: the same for every key of as many signals. */
export class LevelCore {
  /** [H][H] */
  readonly #recurrent: readonly Float64Array[];
  /** [H][d] */
  readonly #input: readonly Float64Array[];
  readonly #bias: Float64Array;

  /** @param signals d */
  constructor(signals: number, seed: number) {
    const rng = new Rng(seed);
    const within = (spread: number) => spread * (2 * rng.uniform() - 1);
    const raw = Array.from({ length: HIDDEN }, () =>
      Float64Array.from({ length: HIDDEN }, () => rng.normal()),
    );
    const scale = SPECTRAL_RADIUS / spectralRadius(raw, rng);
    this.#recurrent = raw.map((row) => row.map((weight) => scale * weight));
    this.#input = Array.from({ length: HIDDEN }, () =>
      Float64Array.from({ length: signals }, () => within(INPUT_SPREAD)),
    );
    this.#bias = Float64Array.from({ length: HIDDEN }, () => within(BIAS_SPREAD));
  }

  /** h <- 0.7 h + 0.3 tanh(W h + W_in z + b) */
  step(h: Float64Array, z: Float64Array): Float64Array {
    return h.map((value, n) => {
      let sum = this.#bias[n] ?? 0;
      for (const [j, weight] of (this.#recurrent[n] ?? []).entries()) sum += weight * (h[j] ?? 0);
      for (const [j, weight] of (this.#input[n] ?? []).entries()) sum += weight * (z[j] ?? 0);
      return (1 - LEAK) * value + LEAK * tanh(sum);
    });
  }
}
