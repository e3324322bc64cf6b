import type { Rng } from "../core/index.js";
import type { NetworkShape } from "./network-shape.js";
import type { OptimizerStep } from "./optimizer-step.js";

/** Numbers of a network: float64 in the reference, float32 in the kernel. */
export type Floats = Float32Array | Float64Array;

/** The arrays with an element per weight: the weights, dL/dweights, and what an optimizer remembers. */
export type WeightArray = "weights" | "gradients" | "firstMoment" | "secondMoment";

/**
 * The port behind which a network learns, whoever computes it: the reference in float64, or the kernel in
 * float32. Arrays with an element per weight go in and out in the order of PyTorch's parameters (see
 * `Network`), [N].
 */
export interface TrainableNetwork {
  readonly shape: NetworkShape;
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  /** N */
  readonly weightCount: number;
  /**
   * Room for passes over B sequences of n steps. It lives as long as the network: keep few, and use them again.
   *
   * @param options.inputGradients `backward` also leaves dL/dinput: of a network that is fed by another. Default false
   */
  window(batch: number, steps: number, options?: WindowOptions): Window;
  /** @param values [N], overwritten */
  read(array: WeightArray, values: Floats): void;
  /** @param values [N], unchanged */
  write(array: WeightArray, values: Floats): void;
  /** dL/dweights = 0 */
  clearGradients(): void;
  /** The sum of all squares of dL/dweights, in float64. */
  gradientSquares(): number;
  /** Moves the weights against `scale` dL/dweights, by an optimizer's formula. */
  update(step: OptimizerStep, scale: number): void;
}

/** Dropout (Srivastava et al. 2014) between layers: elements are 0 with probability `rate`, else times 1 / (1 - rate). */
export interface Dropout {
  readonly rate: number;
  readonly rng: Rng;
  /** Of what the head sees too; default false. */
  readonly head?: boolean;
  /** The same elements at every step of a sequence (Gal and Ghahramani 2016); default false: drawn anew at every step. */
  readonly steady?: boolean;
}

export interface WindowOptions {
  readonly inputGradients?: boolean;
}

/**
 * A pass over B sequences of n steps, forward and back. Fill `input`, `begins`, `initial`, call `forward`,
 * read `output`; fill `dOutput`, call `backward`. Views are valid until the network makes another window.
 */
export interface Window {
  readonly batch: number;
  readonly steps: number;
  /** [B, n, I] */
  readonly input: Floats;
  /** [B, n] 1 where a sequence starts anew, from a state of zeros */
  readonly begins: Uint8Array;
  /** [B, S] the states that the first steps start from; constants to `backward` */
  readonly initial: Floats;
  /** [B, n, O] logits */
  readonly output: Floats;
  /** [B, n, O] dL/dlogits; as it was after `backward` */
  readonly dOutput: Floats;
  /** [B, n, I] dL/dinput, as `backward` left it; empty where it was not asked for */
  readonly dInput: Floats;
  /**
   * Runs the sequences. Values that are not finite pass through.
   *
   * @param dropout default none; the reference has none
   */
  forward(dropout?: Dropout): void;
  /** Back-propagation through time over what `forward` left: adds dL/dweights to the gradients. Once a pass. */
  backward(): void;
  /**
   * Writes the states after step t - 1 of the cells that read forward; zeros for others.
   *
   * @param states [B, S]
   * @param t      1 to n
   */
  statesBefore(states: Floats, t: number): void;
  /**
   * Writes dL/dstate of the states after step t - 1, as `backward` left it: what reaches them from their own
   * step's output and from all later ones.
   *
   * With t = 0 those of the states that the first steps start from: 0 where a sequence begins there.
   *
   * @param gradients [B, S]
   * @param t         0 to n
   */
  gradientsBefore(gradients: Floats, t: number): void;
}
