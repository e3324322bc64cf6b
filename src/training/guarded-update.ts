import type { TrainableNetwork } from "../cells/index.js";
import type { Optimizer } from "./optimizer.js";

/** Where one update went: applied, or refused because the loss or the gradient was not finite. */
export interface UpdateReport {
  readonly loss: number;
  /** Global norm of the gradient before clipping: the square root of the sum of all squares. */
  readonly gradientNorm: number;
  readonly applied: boolean;
}

/** What training needs, besides the weights, to go on as if it had not stopped. */
export interface OptimizerState {
  readonly updates: number;
  /** [N] each, in the order of the weights */
  readonly firstMoment: Float64Array;
  readonly secondMoment: Float64Array;
}

/**
 * An optimizer's step behind a guard: gradients are clipped by their global norm (Pascanu et al. 2013),
 *
 *     g *= min(1, clipNorm / (|g| + 1e-6))        as PyTorch's clip_grad_norm_
 *
 * and weights and moments are touched only after loss and norm are known to be finite.
 */
export class GuardedUpdate {
  readonly network: TrainableNetwork;
  readonly optimizer: Optimizer;
  readonly #clipNorm: number;
  /** Global norms of the gradient before clipping, of every update that was made. */
  readonly norms: number[] = [];
  /** Updates whose gradient was clipped. */
  clipped = 0;
  /** Updates that were refused: they changed nothing. */
  refused = 0;

  constructor(network: TrainableNetwork, optimizer: Optimizer, clipNorm: number) {
    this.network = network;
    this.optimizer = optimizer;
    this.#clipNorm = clipNorm;
  }

  /** Moves the network's weights by its gradients, which stay as they are. */
  apply(loss: number): UpdateReport {
    const gradientNorm = Math.sqrt(this.network.gradientSquares());
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      this.refused++;
      return { loss, gradientNorm, applied: false };
    }
    this.norms.push(gradientNorm);
    const factor = this.#clipNorm / (gradientNorm + 1e-6);
    if (factor < 1) this.clipped++;
    this.network.update(this.optimizer.next(), Math.min(1, factor));
    return { loss, gradientNorm, applied: true };
  }

  save(): OptimizerState {
    const state = {
      updates: this.optimizer.updates,
      firstMoment: new Float64Array(this.network.weightCount),
      secondMoment: new Float64Array(this.network.weightCount),
    };
    this.network.read("firstMoment", state.firstMoment);
    this.network.read("secondMoment", state.secondMoment);
    return state;
  }

  restore(state: OptimizerState): void {
    this.optimizer.updates = state.updates;
    this.network.write("firstMoment", state.firstMoment);
    this.network.write("secondMoment", state.secondMoment);
  }
}
