import {
  createEncoderDecoder,
  type EncoderDecoder,
  initializeEncoderDecoder,
  KernelNetwork,
} from "../../cells/index.js";
import { Rng } from "../../core/index.js";
import { AdamW } from "../adam.js";
import { alterSequence } from "../supervised/alter-sequence.js";
import { shuffledBatches } from "../supervised/padded-batches.js";
import { foldStandard, standardized, standardOf } from "../supervised/standardize.js";
import { warmUpCosine } from "../warm-up-cosine.js";
import { PairLearner } from "./pair-learner.js";
import { checkPairs, type TextPair, type TextRecipe, type TextShape } from "./text-pair.js";

const CLIP_NORM = 1;

export interface TextEpoch {
  readonly epoch: number;
  readonly epochs: number;
  /** Mean training loss of the epoch, nats a symbol. */
  readonly loss: number;
}

/**
 * Trains an encoder and a decoder on pairs: softmax cross-entropy of every symbol and of the stop behind the last, teacher
 * forcing, BPTT through both; AdamW with warm-up and cosine; the gradient of both together clipped to norm 1. Runs in the
 * kernel, in float32. Inputs are standardised by the pairs; the encoder that comes of it takes them as they are.
 *
 * Pure and deterministic: the same pairs and recipe give the same networks.
 *
 * @throws RangeError code `TRAINING_JOB`, `NETWORK_SHAPE`
 */
export function trainEncoderDecoder(
  shape: TextShape,
  recipe: TextRecipe,
  pairs: readonly TextPair[],
  onEpoch: (epoch: TextEpoch) => void = () => {},
): EncoderDecoder {
  checkPairs(pairs, shape);
  const { inputs } = shape;
  const { epochs, learningRate, weightDecay, batch } = recipe;
  const rng = new Rng(recipe.seed);
  const standard = standardOf(pairs, inputs, shape.plain);
  const result = createEncoderDecoder(shape);
  initializeEncoderDecoder(result, rng);
  const networks = [KernelNetwork.from(result.encoder), KernelNetwork.from(result.decoder)] as const;
  const optimizers = networks.map(() => new AdamW({ learningRate, weightDecay }));
  const learner = new PairLearner(...networks, recipe, rng);
  const updates = epochs * Math.ceil(pairs.length / batch);
  let done = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const own = pairs.map(({ x, text }) => {
      const scaled = { x: standardized(x, standard), target: new Float64Array(1) };
      return { x: alterSequence(scaled, { inputs, at: "end" }, recipe, rng).x, text };
    });
    const sum = { loss: 0, known: 0 };
    for (const part of shuffledBatches(own, batch, rng)) {
      const rate = learningRate * warmUpCosine(Math.min(1, done++ / updates));
      const { loss, known } = learner.learn(part);
      update(networks, optimizers, rate, loss);
      sum.loss += loss * known;
      sum.known += known;
    }
    onEpoch({ epoch, epochs, loss: sum.loss / sum.known });
  }
  for (const [i, network] of [result.encoder, result.decoder].entries()) {
    networks[i]!.read("weights", network.weights);
    if (i === 0) foldStandard(network, standard);
    network.weights.set(Float32Array.from(network.weights));
  }
  return result;
}

/** Moves both by their gradients, clipped by the norm of all; a loss or a norm that is not finite changes nothing. */
function update(
  networks: readonly KernelNetwork[],
  optimizers: readonly AdamW[],
  rate: number,
  loss: number,
): void {
  const norm = Math.sqrt(networks.reduce((sum, network) => sum + network.gradientSquares(), 0));
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) return;
  const scale = Math.min(1, CLIP_NORM / (norm + 1e-6));
  for (const [i, network] of networks.entries()) {
    optimizers[i]!.learningRate = rate;
    network.update(optimizers[i]!.next(), scale);
  }
}
