import { KernelNetwork, Network, type NetworkShape } from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import { AdamW } from "../adam.js";
import { GuardedUpdate } from "../guarded-update.js";
import { warmUpCosine } from "../warm-up-cosine.js";
import { alterSequence } from "./alter-sequence.js";
import type { Objective } from "./objective.js";
import { SequenceLearner } from "./sequence-learner.js";
import { foldStandard, standardized, standardOf } from "./standardize.js";
import { StepLearner } from "./step-learner.js";
import {
  checkSequences,
  type SupervisedRecipe,
  type SupervisedShape,
  type TrainingSequences,
} from "./supervised-job.js";

const CLIP_NORM = 1;

export interface SupervisedEpoch {
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss of the epoch, of a known target. */
  readonly loss: number;
}

/**
 * Trains a network on sequences whose targets are known: BPTT through whole sequences, or TBPTT where every step has
 * its target and `recipe.whole` does not ask for them whole; AdamW whose rate rises over the first tenth of all updates
 * and falls along a cosine to 0 (Loshchilov and Hutter 2017). Runs in the kernel, in float32. Inputs are standardised by
 * the first epoch's sequences; the network that comes of it takes them as they are, and gives outputs in the target's
 * own units.
 *
 * Pure and deterministic: the same sequences and recipe give the same network.
 *
 * @throws RangeError code `TRAINING_JOB`, `NETWORK_SHAPE`; TypeError code `WHOLE_SEQUENCES_ONLY` for a bidirectional
 *   network and targets of steps that are not learned by whole sequences
 */
export function trainSupervised(
  shape: SupervisedShape,
  objective: Objective,
  recipe: SupervisedRecipe,
  sequencesOf: TrainingSequences,
  onEpoch: (epoch: SupervisedEpoch) => void = () => {},
): Network {
  const { cell, hidden, layers, bidirectional, inputs } = shape;
  const { epochs, learningRate, weightDecay } = recipe;
  const rng = new Rng(recipe.seed);
  const first = sequencesOf(1);
  checkSequences(first, shape, objective);
  const standard = standardOf(first, inputs, shape.plain);
  const form: NetworkShape = {
    cell,
    ...(bidirectional ? { bidirectional } : {}),
    inputs,
    hidden,
    layers,
    outputs: objective.outputs,
  };
  const initial = new Network(form).initialize(rng);
  objective.begin(initial);
  const network = KernelNetwork.from(initial);
  const optimizer = new AdamW({ learningRate, weightDecay });
  const update = new GuardedUpdate(network, optimizer, CLIP_NORM);
  const learner =
    shape.at === "end" || recipe.whole === true
      ? new SequenceLearner(update, shape, objective, recipe, rng, network)
      : new StepLearner(update, shape, objective, recipe, rng);
  const updates = epochs * learner.updates(first);
  let done = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const sequences = (epoch === 1 ? first : sequencesOf(epoch)).map(({ x, target }) =>
      alterSequence({ x: standardized(x, standard), target: objective.forLoss(target) }, shape, recipe, rng),
    );
    const { loss, known } = learner.learn(sequences, () => {
      optimizer.learningRate = learningRate * warmUpCosine(Math.min(1, done++ / updates));
    });
    onEpoch({ epoch, epochs, loss: loss / Math.max(1, known) });
  }
  const result = new Network(form);
  network.read("weights", result.weights);
  foldStandard(result, standard);
  objective.end(result);
  result.weights.set(Float32Array.from(result.weights));
  return result;
}
