import {
  KernelNetwork,
  Network,
  type NetworkShape,
  networkFromBytes,
  networkToBytes,
} from "../cells/index.js";
import { problem, Rng } from "../core/index.js";
import { Adam } from "./adam.js";
import { forecastTargets } from "./forecast-targets.js";
import { GuardedUpdate } from "./guarded-update.js";
import { cutLanes } from "./lanes.js";
import { huberLoss } from "./loss.js";
import { Tbptt } from "./tbptt.js";
import {
  checkJob,
  DEFAULT_EPOCHS,
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
} from "./training-job.js";
import { absoluteErrors, beats, mean } from "./validate.js";
import { WeightAverage } from "./weight-average.js";

/** The first part of every sequence trains, the rest validates. */
const TRAINING_SHARE = 0.8;
const LEARNING_RATE = 4e-3;
/** A network that has learned already takes smaller steps. */
const FINE_TUNING_RATE = 1e-3;
const CLIP_NORM = 1;
const AVERAGE_DECAY = 0.99;
/** After so many epochs without a better validation the learning rate is reduced... */
const IDLE_EPOCHS = 5;
const REDUCTION = 0.4;
/** ...and after so many reductions training ends. */
const REDUCTIONS = 3;
const MOST_LANES = 8;
/** Steps that are validated at once. */
const VALIDATION_STEPS = 128;

/**
 * Trains Eddy's forecaster: output o[j, h] at step t means (y_j[t+h] - y_j[t]) / scale[t, j, h], the step
 * ahead in units of the steps usual so far, so that an untrained network, whose head is zero, forecasts
 * persistence.
 *
 * Huber's loss, Adam, TBPTT over a few lanes; the exponential average of the weights is what is validated,
 * epoch by epoch, on the last fifth of every sequence with the state carried through, and the best epoch's
 * is what is returned. It is accepted if it beats persistence (and the network that training started
 * from) there by more than two standard errors of the paired differences.
 *
 * Pure and deterministic: the same job gives the same bytes. It runs in the kernel, in float32; so are the
 * weights that come of it.
 *
 * @throws RangeError code `TRAINING_JOB` (what does not fit or is not finite), `NETWORK_SHAPE`,
 *   `TBPTT_SCHEDULE`, `NETWORK_CORRUPT`
 */
export function trainForecaster(
  job: TrainingJob,
  onProgress: (progress: TrainingProgress) => void = () => {},
): TrainingResult {
  checkJob(job);
  const network = KernelNetwork.from(startingNetwork(job));
  const maxEpochs = job.maxEpochs ?? DEFAULT_EPOCHS;

  const parts = job.sequences.map((sequence) => {
    const T = sequence.begins.length;
    const split = Math.floor(TRAINING_SHARE * T);
    const wanted = forecastTargets(sequence, job.targets, job.horizons, T);
    wanted.fill(NaN, 0, split * network.outputs);
    return { sequence, split, wanted };
  });
  const trainingSteps = parts.reduce((sum, { split }) => sum + split, 0);
  const lanes = cutLanes(
    parts.map(({ sequence, split }) => ({
      x: sequence.x,
      begins: sequence.begins,
      wanted: forecastTargets(sequence, job.targets, job.horizons, split),
      steps: split,
    })),
    job.inputs,
    network.outputs,
    Math.max(1, Math.min(MOST_LANES, Math.floor(trainingSteps / (4 * job.tbptt[0])))),
  );

  const persistence = absoluteErrors(undefined, parts);
  const averaged = new KernelNetwork(network.shape);
  const validating = averaged.window(1, VALIDATION_STEPS);
  const weights = new Float64Array(network.weightCount);
  network.read("weights", weights);
  averaged.write("weights", weights);
  const incumbent = job.initial === undefined ? undefined : absoluteErrors(validating, parts);
  const update = new GuardedUpdate(
    network,
    new Adam({
      learningRate: job.initial === undefined ? LEARNING_RATE : FINE_TUNING_RATE,
    }),
    CLIP_NORM,
  );
  const tbptt = new Tbptt(update, job.tbptt, huberLoss());
  const average = new WeightAverage(weights, AVERAGE_DECAY);
  let best = { weights: weights.slice(), errors: incumbent ?? persistence };
  const canLearn = persistence.length > 0 && lanes.target.some((value) => !Number.isNaN(value));

  let epoch = 0;
  let idle = 0;
  let reductions = 0;
  while (canLearn && epoch < maxEpochs && reductions < REDUCTIONS) {
    epoch++;
    let loss = 0;
    let updates = 0;
    tbptt.learn(lanes, (report) => {
      loss += report.loss;
      updates++;
      network.read("weights", weights);
      average.add(weights);
    });
    averaged.write("weights", average.values);
    const errors = absoluteErrors(validating, parts);
    onProgress({ epoch, epochs: maxEpochs, loss: loss / updates, validation: mean(errors) });
    if (mean(errors) < mean(best.errors)) {
      best = { weights: average.values.slice(), errors };
      idle = 0;
    } else if (++idle === IDLE_EPOCHS) {
      update.optimizer.learningRate *= REDUCTION;
      reductions++;
      idle = 0;
    }
  }

  const result = new Network(network.shape);
  result.weights.set(Float32Array.from(best.weights));
  const beatsPersistence = beats(best.errors, persistence);
  const accepted = beatsPersistence && (incumbent === undefined || beats(best.errors, incumbent));
  const validation = {
    network: mean(best.errors),
    persistence: mean(persistence),
    ...(incumbent === undefined ? {} : { incumbent: mean(incumbent) }),
  };
  return {
    accepted,
    network: networkToBytes(result),
    parameters: network.weightCount,
    epochs: epoch,
    clipped: update.clipped,
    validation,
    why: explain(accepted, beatsPersistence, canLearn, validation),
  };
}

/** @throws RangeError code `TRAINING_JOB` when `initial` has another shape than the job asks for */
function startingNetwork(job: TrainingJob): Network {
  const { cell, hidden, layers, inputs } = job;
  const shape = { cell, hidden, layers, inputs, outputs: job.targets * job.horizons.length };
  if (job.initial === undefined) return new Network(shape).initialize(new Rng(job.seed), { zeroHead: true });
  const network = networkFromBytes(job.initial, "initial");
  const describe = (s: NetworkShape) =>
    `${s.cell}, ${s.inputs} inputs, ${s.layers} x ${s.hidden} hidden, ${s.outputs} outputs`;
  if (describe(network.shape) !== describe(shape)) {
    throw problem(RangeError, {
      code: "TRAINING_JOB",
      action: "train forecaster",
      on: "from its initial network",
      expected: describe(shape),
      found: describe(network.shape),
    });
  }
  return network;
}

function explain(
  accepted: boolean,
  beatsPersistence: boolean,
  canLearn: boolean,
  validation: TrainingResult["validation"],
): string {
  if (!canLearn) return "there is too little history to learn from and to validate on";
  const { network, persistence, incumbent } = validation;
  const errors =
    `mean absolute error ${network.toFixed(3)}, persistence ${persistence.toFixed(3)}` +
    (incumbent === undefined ? "" : `, the network in service ${incumbent.toFixed(3)}`);
  if (accepted) return `forecasts better than its rivals: ${errors}`;
  const rival = beatsPersistence ? "the network in service" : "persistence";
  return `does not beat ${rival} by more than chance: ${errors}`;
}
