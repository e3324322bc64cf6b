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
  /** [H, H] */
  readonly #recurrent: Float64Array;
  /** [H, d] */
  readonly #input: Float64Array;
  readonly #bias: Float64Array;
  /** [H] The state before, while the one after it is written. */
  readonly #before = new Float64Array(HIDDEN);

  /** @param signals d */
  constructor(signals: number, seed: number) {
    const rng = new Rng(seed);
    const within = (spread: number) => spread * (2 * rng.uniform() - 1);
    const raw = Array.from({ length: HIDDEN }, () =>
      Float64Array.from({ length: HIDDEN }, () => rng.normal()),
    );
    const scale = SPECTRAL_RADIUS / spectralRadius(raw, rng);
    this.#recurrent = Float64Array.from(raw.flatMap((row) => [...row.map((weight) => scale * weight)]));
    this.#input = Float64Array.from({ length: HIDDEN * signals }, () => within(INPUT_SPREAD));
    this.#bias = Float64Array.from({ length: HIDDEN }, () => within(BIAS_SPREAD));
  }

  /**
   * h <- 0.7 h + 0.3 tanh(W h + W_in z + b)
   *
   * @param h [H] changed in place
   * @param z [d]
   */
  step(h: Float64Array, z: Float64Array): void {
    const d = z.length;
    const before = this.#before;
    before.set(h);
    for (let n = 0; n < HIDDEN; n++) {
      let sum = this.#bias[n]!;
      for (let j = 0; j < HIDDEN; j++) sum += this.#recurrent[n * HIDDEN + j]! * before[j]!;
      for (let j = 0; j < d; j++) sum += this.#input[n * d + j]! * z[j]!;
      h[n] = (1 - LEAK) * before[n]! + LEAK * tanh(sum);
    }
  }
}
