import type { Optimizer } from "./optimizer.js";

export interface RmsPropOptions {
  readonly learningRate: number;
  /** Decay of the mean of squared gradients; default 0.99. */
  readonly alpha?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  readonly momentum?: number;
  readonly weightDecay?: number;
}

/**
 * RMSProp (Tieleman and Hinton 2012), as PyTorch's (not centred):
 *
 *     g += weightDecay w
 *     v = alpha v + (1 - alpha) g^2
 *     u = momentum u + g / (sqrt(v) + epsilon);   w -= learningRate u
 */
export class RmsProp implements Optimizer {
  learningRate: number;
  readonly #alpha: number;
  readonly #epsilon: number;
  readonly #momentum: number;
  readonly #weightDecay: number;
  readonly #square: Float64Array;
  readonly #velocity: Float64Array;

  /** @param size number of weights */
  constructor(size: number, options: RmsPropOptions) {
    this.learningRate = options.learningRate;
    this.#alpha = options.alpha ?? 0.99;
    this.#epsilon = options.epsilon ?? 1e-8;
    this.#momentum = options.momentum ?? 0;
    this.#weightDecay = options.weightDecay ?? 0;
    this.#square = new Float64Array(size);
    this.#velocity = new Float64Array(size);
  }

  step(weights: Float64Array, gradients: Float64Array): void {
    const square = this.#square;
    const velocity = this.#velocity;
    for (let i = 0; i < weights.length; i++) {
      const g = gradients[i]! + this.#weightDecay * weights[i]!;
      square[i] = this.#alpha * square[i]! + (1 - this.#alpha) * g * g;
      velocity[i] = this.#momentum * velocity[i]! + g / (Math.sqrt(square[i]!) + this.#epsilon);
      weights[i]! -= this.learningRate * velocity[i]!;
    }
  }
}
