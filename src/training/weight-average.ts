/**
 * An exponential average of weights (Polyak and Juditsky 1992): smoother, and better on new data, than
 * the weights of any single update.
 *
 *     average += (1 - d) (weights - average),   d = min(decay, (1 + n) / (10 + n))
 *
 * where n counts updates: the first ones, far from where training leads, are soon forgotten.
 */
export class WeightAverage {
  /** [N] */
  readonly values: Float64Array;
  readonly #decay: number;
  #updates: number;

  /** @param updates that were made before: after some hundred of them the decay is the whole one */
  constructor(weights: Float64Array, decay: number, updates = 0) {
    this.values = weights.slice();
    this.#decay = decay;
    this.#updates = updates;
  }

  /** @param weights [N] after an update */
  add(weights: Float64Array): void {
    this.#updates++;
    const rate = 1 - Math.min(this.#decay, (1 + this.#updates) / (10 + this.#updates));
    for (let i = 0; i < weights.length; i++) {
      this.values[i]! += rate * (weights[i]! - this.values[i]!);
    }
  }
}
