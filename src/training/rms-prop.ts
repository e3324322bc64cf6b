import type { OptimizerStep } from "../cells/index.js";
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
  updates = 0;
  readonly #alpha: number;
  readonly #epsilon: number;
  readonly #momentum: number;
  readonly #weightDecay: number;

  constructor(options: RmsPropOptions) {
    this.learningRate = options.learningRate;
    this.#alpha = options.alpha ?? 0.99;
    this.#epsilon = options.epsilon ?? 1e-8;
    this.#momentum = options.momentum ?? 0;
    this.#weightDecay = options.weightDecay ?? 0;
  }

  next(): OptimizerStep {
    this.updates++;
    return {
      rule: "rms-prop",
      rate: this.learningRate,
      alpha: this.#alpha,
      epsilon: this.#epsilon,
      momentum: this.#momentum,
      decay: this.#weightDecay,
    };
  }
}
