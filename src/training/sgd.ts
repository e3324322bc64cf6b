import type { OptimizerStep } from "../cells/index.js";
import type { Optimizer } from "./optimizer.js";

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum?: number;
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, as PyTorch's SGD (without dampening or Nesterov):
 *
 *     g += weightDecay w;   v = momentum v + g;   w -= learningRate v
 */
export class Sgd implements Optimizer {
  learningRate: number;
  updates = 0;
  readonly #momentum: number;
  readonly #weightDecay: number;

  constructor({ learningRate, momentum = 0, weightDecay = 0 }: SgdOptions) {
    this.learningRate = learningRate;
    this.#momentum = momentum;
    this.#weightDecay = weightDecay;
  }

  next(): OptimizerStep {
    this.updates++;
    return { rule: "sgd", rate: this.learningRate, momentum: this.#momentum, decay: this.#weightDecay };
  }
}
