import type { Optimizer } from "./optimizer.js";

/**
 * Stochastic gradient descent, as PyTorch's SGD (without dampening or Nesterov):
 *
 *     g += weightDecay w;   v = momentum v + g;   w -= learningRate v
 */
export class Sgd implements Optimizer {
  learningRate: number;
  readonly #momentum: number;
  readonly #weightDecay: number;
  readonly #velocity: Float64Array;

  /** @param size number of weights */
  constructor(
    size: number,
    options: { readonly learningRate: number; readonly momentum?: number; readonly weightDecay?: number },
  ) {
    this.learningRate = options.learningRate;
    this.#momentum = options.momentum ?? 0;
    this.#weightDecay = options.weightDecay ?? 0;
    this.#velocity = new Float64Array(size);
  }

  step(weights: Float64Array, gradients: Float64Array): void {
    const velocity = this.#velocity;
    for (let i = 0; i < weights.length; i++) {
      const g = gradients[i]! + this.#weightDecay * weights[i]!;
      velocity[i] = this.#momentum * velocity[i]! + g;
      weights[i]! -= this.learningRate * velocity[i]!;
    }
  }
}
