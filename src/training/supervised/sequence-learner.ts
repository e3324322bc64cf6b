import type { KernelNetwork, Window } from "../../cells/index.js";
import type { Rng } from "../../core/index.js";
import type { GuardedUpdate } from "../guarded-update.js";
import type { Objective } from "./objective.js";
import { fillWindow, shuffledBatches, windowSteps } from "./padded-batches.js";
import { pooled, unpool } from "./pooled.js";
import {
  knownTargets,
  type LabelledSequence,
  type SupervisedRecipe,
  type SupervisedShape,
} from "./supervised-job.js";

/** What an epoch came to. */
export interface Learned {
  /** Sum over all known targets. */
  readonly loss: number;
  readonly known: number;
}

/** Goes through all sequences once; `next` is called before each update. */
export interface EpochLearner {
  /** Updates that an epoch of these makes. */
  updates(sequences: readonly LabelledSequence[]): number;
  learn(sequences: readonly LabelledSequence[], next: () => void): Learned;
}

/** Learns by whole sequences: BPTT through batches of them, from states of zeros. */
export class SequenceLearner implements EpochLearner {
  readonly #network: KernelNetwork;
  readonly #windows = new Map<number, Window>();

  constructor(
    private readonly update: GuardedUpdate,
    private readonly shape: SupervisedShape,
    private readonly objective: Objective,
    private readonly recipe: SupervisedRecipe,
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
    const longest = part.reduce((most, { x }) => Math.max(most, x.steps), 0);
    const steps = windowSteps(longest);
    const window = this.#windows.get(steps) ?? this.#network.window(this.recipe.batch, steps);
    this.#windows.set(steps, window);
    return window;
  }

  /** Back-propagates the mean loss of all known targets: of every step, or of the pooled output of each sequence. */
  #backward(window: Window, part: readonly LabelledSequence[]): Learned {
    const { shape, objective } = this;
    const { outputs: O, width: W } = objective;
    const { steps, dOutput } = window;
    const due = part.map(({ x }, b): Float64Array => {
      const from = b * steps * O;
      const outputs = Float64Array.from(window.output.subarray(from, from + x.steps * O));
      return shape.at === "end" ? pooled(outputs, shape.pool, O) : outputs;
    });
    const targets = joined(part.map(({ target }) => target));
    const outputs = joined(due);
    const gradient = new Float64Array(outputs.length);
    const known = part.reduce((sum, one) => sum + knownTargets(one, W).filter(Boolean).length, 0);
    const loss = objective.loss(gradient, outputs, targets);
    dOutput.fill(0);
    let at = 0;
    for (const [b, { x }] of part.entries()) {
      const own = gradient.subarray(at, at + due[b]!.length);
      at += own.length;
      const from = b * steps * O;
      if (shape.at === "step") {
        dOutput.set(own, from);
        continue;
      }
      const whole = new Float64Array(x.steps * O);
      unpool(whole, own, shape.pool);
      dOutput.set(whole, from);
    }
    window.backward();
    return { loss: loss * known, known };
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
