import type { OptimizerStep } from "../cells/index.js";
import { pow } from "../core/index.js";
import type { Optimizer } from "./optimizer.js";

export interface AdamOptions {
  readonly learningRate: number;
  /** Decay of the mean of gradients; default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares; default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Adam: default 0, added to the gradient. AdamW: default 0.01, taken off the weight. */
  readonly weightDecay?: number;
}

/**
 * Adam (Kingma and Ba 2015), as PyTorch's:
 *
 *     g += weightDecay w
 *     m = beta1 m + (1 - beta1) g;   v = beta2 v + (1 - beta2) g^2
 *     w -= learningRate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
 */
export class Adam implements Optimizer {
  learningRate: number;
  updates = 0;
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  readonly #weightDecay: number;

  constructor(options: AdamOptions) {
    this.learningRate = options.learningRate;
    this.#beta1 = options.beta1 ?? 0.9;
    this.#beta2 = options.beta2 ?? 0.999;
    this.#epsilon = options.epsilon ?? 1e-8;
    this.#weightDecay = options.weightDecay ?? 0;
  }

  next(): OptimizerStep & { readonly rule: "adam" } {
    const t = ++this.updates;
    return {
      rule: "adam",
      rate: this.learningRate / (1 - pow(this.#beta1, t)),
      beta1: this.#beta1,
      beta2: this.#beta2,
      unbias: 1 / Math.sqrt(1 - pow(this.#beta2, t)),
      epsilon: this.#epsilon,
      decay: this.#weightDecay,
      kept: 1,
    };
  }
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019): w *= 1 - learningRate weightDecay comes first. */
export class AdamW extends Adam {
  readonly #decoupledDecay: number;

  constructor({ weightDecay = 0.01, ...options }: AdamOptions) {
    super(options);
    this.#decoupledDecay = weightDecay;
  }

  override next(): OptimizerStep & { readonly rule: "adam" } {
    return { ...super.next(), kept: 1 - this.learningRate * this.#decoupledDecay };
  }
}
