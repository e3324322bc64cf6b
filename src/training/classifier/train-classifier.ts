import { KernelNetwork, Network, type NetworkShape } from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import { AdamW } from "../adam.js";
import { GuardedUpdate } from "../guarded-update.js";
import { warmUpCosine } from "../warm-up-cosine.js";
import { alterSequence } from "./alter-sequence.js";
import {
  type ClassifierRecipe,
  type ClassifierShape,
  checkSequences,
  type TrainingSequences,
} from "./classifier-job.js";
import { SequenceLearner } from "./sequence-learner.js";
import { foldStandard, standardized, standardOf } from "./standardize.js";
import { StepLearner } from "./step-learner.js";

const CLIP_NORM = 1;

export interface ClassifierEpoch {
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss of the epoch, nats a known class. */
  readonly loss: number;
}

/**
 * Trains a classifier of sequences: softmax cross-entropy, BPTT through whole sequences, or TBPTT where every step has
 * its class and `recipe.whole` does not ask for them whole; AdamW whose rate rises over the first tenth of all updates and falls along a cosine to 0 (Loshchilov and
 * Hutter 2017). Runs in the kernel, in float32. Inputs are standardised by the first epoch's sequences; the network that
 * comes of it takes them as they are, and gives logits.
 *
 * Pure and deterministic: the same sequences and recipe give the same network.
 *
 * @throws RangeError code `TRAINING_JOB`, `NETWORK_SHAPE`; TypeError code `WHOLE_SEQUENCES_ONLY` for a bidirectional
 *   network and classes of steps that are not learned by whole sequences
 */
export function trainClassifier(
  shape: ClassifierShape,
  recipe: ClassifierRecipe,
  sequencesOf: TrainingSequences,
  onEpoch: (epoch: ClassifierEpoch) => void = () => {},
): Network {
  const { cell, hidden, layers, bidirectional, inputs, classes } = shape;
  const { epochs, learningRate, weightDecay } = recipe;
  const rng = new Rng(recipe.seed);
  const first = sequencesOf(1);
  checkSequences(first, shape);
  const standard = standardOf(first, inputs, shape.plain);
  const form: NetworkShape = {
    cell,
    ...(bidirectional ? { bidirectional } : {}),
    inputs,
    hidden,
    layers,
    outputs: classes,
  };
  const network = KernelNetwork.from(new Network(form).initialize(rng));
  const optimizer = new AdamW({ learningRate, weightDecay });
  const update = new GuardedUpdate(network, optimizer, CLIP_NORM);
  const learner =
    shape.at === "end" || recipe.whole === true
      ? new SequenceLearner(update, shape, recipe, rng, network)
      : new StepLearner(update, shape, recipe, rng);
  const updates = epochs * learner.updates(first);
  let done = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const sequences = (epoch === 1 ? first : sequencesOf(epoch)).map((sequence) =>
      alterSequence({ ...sequence, x: standardized(sequence.x, standard) }, inputs, recipe, rng),
    );
    const { loss, known } = learner.learn(sequences, () => {
      optimizer.learningRate = learningRate * warmUpCosine(Math.min(1, done++ / updates));
    });
    onEpoch({ epoch, epochs, loss: loss / Math.max(1, known) });
  }
  const result = new Network(form);
  network.read("weights", result.weights);
  foldStandard(result, standard);
  result.weights.set(Float32Array.from(result.weights));
  return result;
}
