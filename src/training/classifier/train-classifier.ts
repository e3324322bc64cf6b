import { KernelNetwork, Network, type NetworkShape, type Window } from "../../cells/index.js";
import { cos, Rng } from "../../core/index.js";
import { AdamW } from "../adam.js";
import { GuardedUpdate } from "../guarded-update.js";
import { alterSequence } from "./alter-sequence.js";
import {
  type ClassifierRecipe,
  type ClassifierShape,
  checkSequences,
  type LabelledSequence,
  type TrainingSequences,
} from "./classifier-job.js";
import { fillWindow, shuffledBatches, windowSteps } from "./padded-batches.js";
import { sequenceLoss } from "./sequence-loss.js";
import { foldStandard, standardized, standardOf } from "./standardize.js";

const CLIP_NORM = 1;
/** Share of the updates in which the learning rate rises. */
const WARM_UP = 0.1;
const PI = Math.PI;

export interface ClassifierEpoch {
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss of the epoch, nats a known class. */
  readonly loss: number;
}

/**
 * Trains a classifier of sequences: softmax cross-entropy, BPTT through whole sequences, AdamW whose rate rises over
 * the first tenth of all updates and falls along a cosine to 0 (Loshchilov and Hutter 2017). Runs in the kernel, in
 * float32. Inputs are standardised by the first epoch's sequences; the network that comes of it takes them as they are,
 * and gives logits.
 *
 * Pure and deterministic: the same sequences and recipe give the same network.
 *
 * @throws RangeError code `TRAINING_JOB`, `NETWORK_SHAPE`
 */
export function trainClassifier(
  shape: ClassifierShape,
  recipe: ClassifierRecipe,
  sequencesOf: TrainingSequences,
  onEpoch: (epoch: ClassifierEpoch) => void = () => {},
): Network {
  const { cell, hidden, layers, bidirectional, inputs, classes } = shape;
  const { epochs, batch, learningRate, weightDecay } = recipe;
  const rng = new Rng(recipe.seed);
  const first = sequencesOf(1);
  checkSequences(first, shape);
  const standard = standardOf(first, inputs);
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
  const windows = new Map<number, Window>();
  const updates = epochs * Math.ceil(first.length / batch);
  for (let epoch = 1, done = 0; epoch <= epochs; epoch++) {
    const sequences = (epoch === 1 ? first : sequencesOf(epoch)).map((sequence) =>
      alterSequence({ ...sequence, x: standardized(sequence.x, standard) }, inputs, recipe, rng),
    );
    let loss = 0;
    let known = 0;
    for (const part of shuffledBatches(sequences, batch, rng)) {
      optimizer.learningRate = learningRate * schedule(done++ / updates);
      const window = windowFor(network, windows, batch, part);
      fillWindow(window, part);
      const dropout = { rate: recipe.dropout, rng, head: true, steady: true };
      window.forward(dropout);
      network.clearGradients();
      const report = backward(window, part, shape);
      update.apply(report.loss / Math.max(1, report.known));
      loss += report.loss;
      known += report.known;
    }
    onEpoch({ epoch, epochs, loss: loss / Math.max(1, known) });
  }
  const result = new Network(form);
  network.read("weights", result.weights);
  foldStandard(result, standard);
  result.weights.set(Float32Array.from(result.weights));
  return result;
}

/** Rises to 1, then falls to 0. */
function schedule(share: number): number {
  if (share < WARM_UP) return share / WARM_UP;
  return 0.5 * (1 + cos((PI * (share - WARM_UP)) / (1 - WARM_UP)));
}

function windowFor(
  network: KernelNetwork,
  windows: Map<number, Window>,
  batch: number,
  part: readonly LabelledSequence[],
): Window {
  const longest = part.reduce((most, { x }) => Math.max(most, x.length / network.inputs), 0);
  const steps = windowSteps(longest);
  const window = windows.get(steps) ?? network.window(batch, steps);
  windows.set(steps, window);
  return window;
}

/** Back-propagates the mean loss of all known classes. */
function backward(
  window: Window,
  part: readonly LabelledSequence[],
  { inputs, classes: O, pool }: ClassifierShape,
): { loss: number; known: number } {
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
