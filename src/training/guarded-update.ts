import type { Network } from "../cells/index.js";
import type { Optimizer } from "./optimizer.js";

/** Where one update went: applied, or refused because the loss or the gradient was not finite. */
export interface UpdateReport {
  readonly loss: number;
  /** Global norm of the gradient before clipping: the square root of the sum of all squares. */
  readonly gradientNorm: number;
  readonly applied: boolean;
}

/**
 * An optimizer's step behind a guard: gradients are clipped by their global norm (Pascanu et al. 2013),
 *
 *     g *= min(1, clipNorm / (|g| + 1e-6))        as PyTorch's clip_grad_norm_
 *
 * and the weights are touched only after loss and norm are known to be finite.
 */
export class GuardedUpdate {
  readonly optimizer: Optimizer;
  readonly #clipNorm: number;
  /** Updates whose gradient was clipped. */
  clipped = 0;
  /** Updates that were refused: they changed nothing. */
  refused = 0;

  constructor(optimizer: Optimizer, clipNorm: number) {
    this.optimizer = optimizer;
    this.#clipNorm = clipNorm;
  }

  /** Takes the network's gradients as they stand, leaves them clipped, and moves its weights. */
  apply(network: Network, loss: number): UpdateReport {
    const { gradients, weights } = network;
    let square = 0;
    for (let i = 0; i < gradients.length; i++) square += gradients[i]! * gradients[i]!;
    const gradientNorm = Math.sqrt(square);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      this.refused++;
      return { loss, gradientNorm, applied: false };
    }
    const factor = this.#clipNorm / (gradientNorm + 1e-6);
    if (factor < 1) {
      this.clipped++;
      for (let i = 0; i < gradients.length; i++) gradients[i]! *= factor;
    }
    this.optimizer.step(weights, gradients);
    return { loss, gradientNorm, applied: true };
  }
}
