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
  /** Per step, of w, before the update; AdamW's. */
  protected readonly decoupledDecay: number = 0;
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  readonly #weightDecay: number;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  /** beta^t */
  #beta1Power = 1;
  #beta2Power = 1;

  /** @param size number of weights */
  constructor(size: number, options: AdamOptions) {
    this.learningRate = options.learningRate;
    this.#beta1 = options.beta1 ?? 0.9;
    this.#beta2 = options.beta2 ?? 0.999;
    this.#epsilon = options.epsilon ?? 1e-8;
    this.#weightDecay = options.weightDecay ?? 0;
    this.#mean = new Float64Array(size);
    this.#square = new Float64Array(size);
  }

  step(weights: Float64Array, gradients: Float64Array): void {
    const mean = this.#mean;
    const square = this.#square;
    this.#beta1Power *= this.#beta1;
    this.#beta2Power *= this.#beta2;
    const rate = this.learningRate / (1 - this.#beta1Power);
    const bias = Math.sqrt(1 - this.#beta2Power);
    const kept = 1 - this.learningRate * this.decoupledDecay;
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]!;
      const g = gradients[i]! + this.#weightDecay * w;
      mean[i] = this.#beta1 * mean[i]! + (1 - this.#beta1) * g;
      square[i] = this.#beta2 * square[i]! + (1 - this.#beta2) * g * g;
      weights[i] = kept * w - (rate * mean[i]!) / (Math.sqrt(square[i]!) / bias + this.#epsilon);
    }
  }
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019): w *= 1 - learningRate weightDecay comes first. */
export class AdamW extends Adam {
  protected override readonly decoupledDecay: number;

  constructor(size: number, { weightDecay = 0.01, ...options }: AdamOptions) {
    super(size, options);
    this.decoupledDecay = weightDecay;
  }
}
