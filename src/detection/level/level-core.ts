import { Rng } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { spectralRadius } from "../spectral-radius.js";

/** Units, a multiple of 16. */
export const HIDDEN = 32;
const SPECTRAL_RADIUS = 0.7;
const INPUT_SPREAD = 0.3;
const BIAS_SPREAD = 0.2;
const LEAK = 0.3;

/**
 * A small random recurrent layer that is never trained: the same for every key of as many signals. It runs in the kernel, in
 * float32; a key's state is put there for a step, and lies elsewhere between two.
 */
export class LevelCore {
  readonly #kernel: Kernel;
  readonly #inputs: number;
  /** [H + d + 1], [d], [H] */
  readonly #phi: Pointer;
  readonly #u: Pointer;
  readonly #scratch: Pointer;
  readonly #weights: Pointer;

  /** @param signals d */
  constructor(kernel: Kernel, signals: number, seed: number) {
    this.#kernel = kernel;
    this.#inputs = signals;
    this.#phi = kernel.allocate(HIDDEN + signals + 1);
    this.#u = kernel.allocate(signals);
    this.#scratch = kernel.allocate(HIDDEN);
    this.#weights = weightsOf(kernel, signals, new Rng(seed));
  }

  /**
   * h <- 0.7 h + 0.3 tanh(W h + W_in z + b)
   *
   * @param h [H] changed in place
   * @param z [d]
   */
  step(h: Float64Array, z: Float64Array): void {
    const { floats, exports } = this.#kernel;
    const at = this.#phi >>> 2;
    floats.set(h, at);
    floats.set(z, this.#u >>> 2);
    exports.reservoirStep(this.#phi, this.#u, this.#inputs, this.#scratch, this.#weights, HIDDEN, LEAK);
    h.set(floats.subarray(at, at + HIDDEN));
  }
}

/** Panels as the kernel wants them, [H / 16][1 + d + H][16], bias first. */
function weightsOf(kernel: Kernel, signals: number, rng: Rng): Pointer {
  const within = (spread: number) => spread * (2 * rng.uniform() - 1);
  const recurrent = Array.from({ length: HIDDEN }, () =>
    Float64Array.from({ length: HIDDEN }, () => rng.normal()),
  );
  const scale = SPECTRAL_RADIUS / spectralRadius(recurrent, rng);
  const input = Float64Array.from({ length: HIDDEN * signals }, () => within(INPUT_SPREAD));
  const bias = Float64Array.from({ length: HIDDEN }, () => within(BIAS_SPREAD));
  const rows = 1 + signals + HIDDEN;
  const pointer = kernel.allocate(rows * HIDDEN);
  const packed = kernel.view(pointer, rows * HIDDEN);
  for (let n = 0; n < HIDDEN; n++) {
    const at = (row: number) => (Math.floor(n / 16) * rows + row) * 16 + (n % 16);
    packed[at(0)] = bias[n]!;
    for (let j = 0; j < signals; j++) packed[at(1 + j)] = input[n * signals + j]!;
    for (let j = 0; j < HIDDEN; j++) packed[at(1 + signals + j)] = scale * recurrent[n]![j]!;
  }
  return pointer;
}
