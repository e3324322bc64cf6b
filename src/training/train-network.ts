import { KernelNetwork, Network } from "../cells/index.js";
import { AdamW } from "./adam.js";
import { type GradientHealth, gradientHealth } from "./gradient-health.js";
import { GuardedUpdate } from "./guarded-update.js";
import { huberLoss } from "./loss.js";
import type { Pace } from "./pace.js";
import type { SequenceBatch } from "./sequence-batch.js";
import { Tbptt } from "./tbptt.js";
import { absoluteErrors, knownOutputs, knownTargets, mean, type ValidationPiece } from "./validate.js";
import { WeightAverage } from "./weight-average.js";

/*
 * Constants of the recipe, chosen on validation parts of nyc_taxi, ETTh1 and Beijing's PM2.5 and temperature:
 * docs/forecasting.md says what each is worth.
 */
/** Taken off the weights: without it networks err 1 to 5 % more. */
const WEIGHT_DECAY = 0.3;
const CLIP_NORM = 1;
const AVERAGE_DECAY = 0.99;
/** After so many epochs without a better validation the learning rate is reduced... */
const IDLE_EPOCHS = 5;
const REDUCTION = 0.4;
/** ...and after so many reductions training ends. */
const REDUCTIONS = 3;
/** Steps that are validated at once. */
const VALIDATION_STEPS = 128;

export interface NetworkTraining {
  /** Unchanged. */
  readonly network: Network;
  readonly lanes: SequenceBatch;
  readonly validation: readonly ValidationPiece[];
  readonly tbptt: readonly [number, number];
  readonly learningRate: number;
  readonly maxEpochs: number;
  /** Outputs at the known targets of the validation part that a new network has to err less than to be kept. */
  readonly rival: Float64Array;
  readonly onEpoch: (epoch: number, loss: number, validation: number) => void;
  readonly pace: Pace;
}

export interface TrainedNetwork {
  /** The best epoch's, by validation; the one that training started from if none was below the rival. */
  readonly network: Network;
  /** Its outputs at the known targets of the validation part. */
  readonly outputs: Float64Array;
  readonly epochs: number;
  /** Updates whose gradient was clipped. */
  readonly clipped: number;
  readonly gradients: GradientHealth;
}

/**
 * Trains one network: Huber's loss, AdamW, TBPTT over a few lanes; the exponential average of the weights is
 * what is validated, epoch by epoch, with the state carried through, and the best epoch's is returned.
 *
 * Runs in the kernel, in float32; so are the weights that come of it.
 */
export function trainNetwork(options: NetworkTraining): TrainedNetwork {
  const { lanes, validation, maxEpochs, rival, onEpoch, pace } = options;
  const { shape, name } = options.network;
  const network = KernelNetwork.from(options.network);
  const averaged = new KernelNetwork(shape);
  const validating = averaged.window(1, VALIDATION_STEPS);
  const optimizer = new AdamW({ learningRate: options.learningRate, weightDecay: WEIGHT_DECAY });
  const update = new GuardedUpdate(network, optimizer, CLIP_NORM);
  const tbptt = new Tbptt(update, options.tbptt, huberLoss());
  const weights = new Float64Array(network.weightCount);
  network.read("weights", weights);
  const average = new WeightAverage(weights, AVERAGE_DECAY);

  const targets = knownTargets(validation);
  const errorOf = (outputs: Float64Array) => mean(absoluteErrors(outputs, targets));
  let best = { weights: weights.slice(), outputs: rival, error: errorOf(rival) };
  let epochs = 0;
  let idle = 0;
  for (let reductions = 0; epochs < maxEpochs && reductions < REDUCTIONS; ) {
    epochs++;
    let loss = 0;
    let updates = 0;
    tbptt.learn(lanes, (report) => {
      loss += report.loss;
      updates++;
      network.read("weights", weights);
      average.add(weights);
      pace();
    });
    averaged.write("weights", average.values);
    const outputs = knownOutputs(validating, validation, pace);
    const error = errorOf(outputs);
    onEpoch(epochs, loss / updates, error);
    if (error < best.error) {
      best = { weights: average.values.slice(), outputs, error };
      idle = 0;
    } else if (++idle === IDLE_EPOCHS) {
      optimizer.learningRate *= REDUCTION;
      reductions++;
      idle = 0;
    }
  }
  const result = new Network(shape, name);
  result.weights.set(Float32Array.from(best.weights));
  const gradients = gradientHealth({ network: averaged, lanes, tbptt: options.tbptt, update });
  return { network: result, outputs: best.outputs, epochs, clipped: update.clipped, gradients };
}

/** Outputs at the known targets of a network that does not learn. */
export function networkOutputs(
  network: Network,
  validation: readonly ValidationPiece[],
  pace: Pace,
): Float64Array {
  return knownOutputs(KernelNetwork.from(network).window(1, VALIDATION_STEPS), validation, pace);
}
