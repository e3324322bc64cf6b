import type { Rng } from "../../core/index.js";
import type { GuardedUpdate } from "../guarded-update.js";
import { InputRows } from "../input-rows.js";
import { cutTargets, type LaneTargets } from "../lanes.js";
import { Tbptt } from "../tbptt.js";
import type { Objective } from "./objective.js";
import { shuffled } from "./padded-batches.js";
import type { EpochLearner, Learned } from "./sequence-learner.js";
import type { LabelledSequence, SupervisedRecipe, SupervisedShape } from "./supervised-job.js";

/**
 * Learns the targets of every step: TBPTT(k, k), k = `steps`, over lanes of sequences laid end to end, the state carried on, as it
 * is in a stream that never ends. What has learned from short pieces with fresh states is lost there.
 */
export class StepLearner implements EpochLearner {
  readonly #tbptt: Tbptt;

  constructor(
    update: GuardedUpdate,
    private readonly shape: SupervisedShape,
    private readonly objective: Objective,
    private readonly recipe: SupervisedRecipe,
    private readonly rng: Rng,
  ) {
    const dropout = { rate: recipe.dropout, rng, head: true, steady: true };
    this.#tbptt = new Tbptt(update, [recipe.steps, recipe.steps], objective.loss, dropout);
  }

  updates(sequences: readonly LabelledSequence[]): number {
    const steps = sequences.reduce((sum, { x }) => sum + x.steps, 0);
    return Math.ceil(steps / (this.recipe.batch * this.recipe.steps));
  }

  learn(sequences: readonly LabelledSequence[], next: () => void): Learned {
    const { inputs } = this.shape;
    const { width } = this.objective;
    const { batch, steps: k } = this.recipe;
    const input = new InputRows(inputs);
    const pieces = shuffled(sequences, this.rng).map(({ x, target }): LaneTargets => {
      const { steps } = x;
      input.join(x);
      return { wanted: target, begins: new Uint8Array(steps), steps };
    });
    // Lanes of whole windows: the rest is steps at which nothing is wanted.
    const steps = this.updates(sequences) * k * batch;
    const rest = steps - input.steps;
    input.pad(rest);
    pieces.push({
      wanted: new Float64Array(rest * width).fill(Number.NaN),
      begins: new Uint8Array(rest),
      steps: rest,
    });
    const lanes = { ...cutTargets(pieces, width, batch), input };
    const sum = { loss: 0, known: 0 };
    next();
    this.#tbptt.learn(lanes, ({ loss }, to) => {
      const known = knownIn(lanes.target, width, lanes.steps, to - k, to);
      sum.loss += loss * known;
      sum.known += known;
      if (to < lanes.steps) next();
    });
    return sum;
  }
}

/** Known targets of steps [from, to) of every lane. */
function knownIn(target: Float64Array, width: number, steps: number, from: number, to: number): number {
  let known = 0;
  for (let row = 0; row < target.length; row += steps * width) {
    for (let t = from; t < to; t++) if (!Number.isNaN(target[row + t * width]!)) known++;
  }
  return known;
}
