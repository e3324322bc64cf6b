import type { KernelNetwork, Window } from "../../cells/index.js";
import type { Rng } from "../../core/index.js";
import type { GuardedUpdate } from "../guarded-update.js";
import type { ClassifierRecipe, ClassifierShape, LabelledSequence } from "./classifier-job.js";
import { fillWindow, shuffledBatches, windowSteps } from "./padded-batches.js";
import { sequenceLoss } from "./sequence-loss.js";

/** What an epoch came to. */
export interface Learned {
  /** Sum over all known classes, nats. */
  readonly loss: number;
  readonly known: number;
}

/** Goes through all sequences once; `next` is called before each update. */
export interface EpochLearner {
  /** Updates that an epoch of these makes. */
  updates(sequences: readonly LabelledSequence[]): number;
  learn(sequences: readonly LabelledSequence[], next: () => void): Learned;
}

/** Learns the classes of whole sequences: BPTT through batches of them, from states of zeros. */
export class SequenceLearner implements EpochLearner {
  readonly #network: KernelNetwork;
  readonly #windows = new Map<number, Window>();

  constructor(
    private readonly update: GuardedUpdate,
    private readonly shape: ClassifierShape,
    private readonly recipe: ClassifierRecipe,
    private readonly rng: Rng,
    network: KernelNetwork,
  ) {
    this.#network = network;
  }

  updates(sequences: readonly LabelledSequence[]): number {
    return Math.ceil(sequences.length / this.recipe.batch);
  }

  learn(sequences: readonly LabelledSequence[], next: () => void): Learned {
    const { recipe, rng } = this;
    const sum = { loss: 0, known: 0 };
    for (const part of shuffledBatches(sequences, recipe.batch, rng)) {
      next();
      const window = this.#window(part);
      fillWindow(window, part);
      window.forward({ rate: recipe.dropout, rng, head: true, steady: true });
      this.#network.clearGradients();
      const { loss, known } = this.#backward(window, part);
      this.update.apply(loss / Math.max(1, known));
      sum.loss += loss;
      sum.known += known;
    }
    return sum;
  }

  #window(part: readonly LabelledSequence[]): Window {
    const longest = part.reduce((most, { x }) => Math.max(most, x.length / this.shape.inputs), 0);
    const steps = windowSteps(longest);
    const window = this.#windows.get(steps) ?? this.#network.window(this.recipe.batch, steps);
    this.#windows.set(steps, window);
    return window;
  }

  /** Back-propagates the mean loss of all known classes. */
  #backward(window: Window, part: readonly LabelledSequence[]): Learned {
    const { inputs, classes: O, pool } = this.shape;
    const { steps, output, dOutput } = window;
    const known = part.reduce(
      (sum, { classes }) => sum + classes.filter((one) => !Number.isNaN(one)).length,
      0,
    );
    const gradient = new Float64Array(steps * O);
    dOutput.fill(0);
    let loss = 0;
    for (const [b, { x, classes }] of part.entries()) {
      const size = (x.length / inputs) * O;
      const from = b * steps * O;
      const own = gradient.subarray(0, size);
      const logits = Float64Array.from(output.subarray(from, from + size));
      loss += sequenceLoss(own, logits, classes, pool, O, 1 / Math.max(1, known));
      dOutput.set(own, from);
    }
    window.backward();
    return { loss, known };
  }
}
