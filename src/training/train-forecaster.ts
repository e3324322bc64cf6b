import { Network, type NetworkShape } from "../cells/index.js";
import { problem, Rng } from "../core/index.js";
import { fineTune } from "./fine-tune.js";
import { forecastTargets } from "./forecast-targets.js";
import { type Forecaster, forecasterFromBytes, forecasterToBytes, forecasterWeights } from "./forecaster.js";
import type { GradientHealth } from "./gradient-health.js";
import { cutLanes } from "./lanes.js";
import { atOnce, type Pace } from "./pace.js";
import { type RivalErrors, simpleRivals } from "./simple-rivals.js";
import { networkOutputs, type TrainedNetwork, trainNetwork } from "./train-network.js";
import { trainedFromBytes, trainedToBytes } from "./trained-bytes.js";
import { averagedNetwork, beginTrainee } from "./trainee.js";
import {
  checkJob,
  DEFAULT_EPOCHS,
  DEFAULT_RATE,
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
} from "./training-job.js";
import { absoluteErrors, beats, joined, knownTargets, mean, meanOfArrays } from "./validate.js";

/** The first part of every sequence trains, the rest validates. */
const TRAINING_SHARE = 0.8;
/** A network that has learned already takes smaller steps. */
const FINE_TUNING_RATE = 1e-3;
/** Fine-tunings, of 200 updates, that end a training; at the usual rate they undo some of it. */
const SETTLING = { rounds: 2, learningRate: 6e-4 };
/** A network may err so many times as much as ridge regression: it goes on learning, and that doesn't bend. */
const LIKE_RIDGE = 1.02;
/** Few lanes make many updates of a short history; a long one affords more. */
const LANES = { least: 4, most: 32, steps: 10_000 };

/**
 * Trains Eddy's forecaster (see `Forecaster`, `trainNetwork`), on the first four
 * fifths of every sequence, validated on the last. It is accepted if it beats persistence, the running mean, the seasonal forecasts
 * and the forecaster that training started from there by more than two standard errors of the paired differences,
 * and is no worse than a ridge regression on the same inputs.
 *
 * Pure and deterministic: the same job gives the same bytes, wherever it was interrupted.
 *
 * @throws RangeError code `TRAINING_JOB` (what does not fit or is not finite), `NETWORK_SHAPE`,
 *   `TBPTT_SCHEDULE`, `NETWORK_CORRUPT`
 */
export function trainForecaster(
  job: TrainingJob,
  onProgress: (progress: TrainingProgress) => void = () => {},
  pace: Pace = atOnce,
): TrainingResult {
  checkJob(job);
  const { horizons, maxEpochs = DEFAULT_EPOCHS } = job;
  const start = startingForecaster(job);
  const count = start.networks.flat().length;
  const epochs = count * maxEpochs;
  const parts = horizons.map((_, h) =>
    trainHorizon(job, h, start.networks[h]!, {
      pace,
      onEpoch: (member, epoch, loss, validation) => {
        const before = (h * job.members + member) * maxEpochs;
        onProgress({ epoch: before + epoch, epochs, loss, validation });
      },
      onFinished: (member, trained, loss, validation) => {
        const epoch = (h * job.members + member + 1) * maxEpochs;
        onProgress({ epoch, epochs, loss, validation, finished: trainedToBytes(trained) });
      },
    }),
  );

  const forecaster = {
    networks: parts.map(({ networks, epochs }, h) =>
      networks.map((network, member) => (epochs > 0 ? settled(network, job, h, member, pace) : network)),
    ),
  };
  const errors = joined(parts.map((part) => part.errors));
  const persistence = joined(parts.map((part) => part.persistence));
  const incumbent = job.initial && joined(parts.map((part) => part.incumbent!));
  const simple = Object.keys(parts[0]?.rivals ?? {}).map((name) => ({
    name,
    errors: joined(parts.map(({ rivals }) => rivals[name]!)),
  }));
  const ridge = simple.find(({ name }) => name === "ridge");
  const average = simple.find(({ name }) => name === "mean");
  const seasonal = simple
    .filter((rival) => rival !== ridge && rival !== average)
    .sort((a, b) => mean(a.errors) - mean(b.errors))[0];
  const canLearn = parts.some(({ epochs }) => epochs > 0);
  const beatsPersistence = beats(errors, persistence);
  const lostTo = [
    ...(beatsPersistence ? [] : ["persistence"]),
    ...(average === undefined || beats(errors, average.errors) ? [] : ["the mean"]),
    ...(seasonal === undefined || beats(errors, seasonal.errors) ? [] : [seasonal.name]),
    ...(ridge === undefined || mean(errors) <= LIKE_RIDGE * mean(ridge.errors) ? [] : ["a ridge regression"]),
    ...(incumbent === undefined || beats(errors, incumbent) ? [] : ["the network in service"]),
  ];
  const accepted = lostTo.length === 0;
  const validation = {
    network: mean(errors),
    persistence: mean(persistence),
    ...(average === undefined ? {} : { mean: mean(average.errors) }),
    ...(seasonal === undefined ? {} : { seasonal: mean(seasonal.errors) }),
    ...(ridge === undefined ? {} : { ridge: mean(ridge.errors) }),
    ...(incumbent === undefined ? {} : { incumbent: mean(incumbent) }),
  };
  const total = (of: (part: HorizonTraining) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  return {
    accepted,
    forecaster: forecasterToBytes(forecaster),
    parameters: forecasterWeights(forecaster),
    epochs: total(({ epochs }) => epochs),
    clipped: total(({ clipped }) => clipped),
    validation,
    gradients: parts.map(({ gradients }, h) => ({ horizon: horizons[h]!, networks: gradients })),
    why: explain(lostTo, canLearn, validation),
  };
}

interface HorizonTraining {
  readonly networks: readonly Network[];
  readonly errors: Float64Array;
  readonly persistence: Float64Array;
  readonly rivals: RivalErrors;
  /** Of the network that training started from, if it had been trained. */
  readonly incumbent: Float64Array | undefined;
  readonly epochs: number;
  readonly clipped: number;
  /** By network. */
  readonly gradients: readonly GradientHealth[];
}

interface HorizonCallbacks {
  readonly pace: Pace;
  readonly onEpoch: (member: number, epoch: number, loss: number, validation: number) => void;
  readonly onFinished: (member: number, trained: TrainedNetwork, loss: number, validation: number) => void;
}

/** Trains the networks of horizon number h that are not finished already; their mean is what is judged. */
function trainHorizon(
  job: TrainingJob,
  h: number,
  networks: readonly Network[],
  { pace, onEpoch, onFinished }: HorizonCallbacks,
): HorizonTraining {
  const { targets, horizons, maxEpochs = DEFAULT_EPOCHS } = job;
  const parts = job.sequences.map((whole) => {
    const sequence = { ...whole, x: without(whole.x, job) };
    const T = sequence.begins.length;
    const split = Math.floor(TRAINING_SHARE * T);
    const wanted = forecastTargets(sequence, targets, horizons, h, T, "judging");
    const training = forecastTargets(sequence, targets, horizons, h, split, "learning");
    return { sequence, split, wanted: wanted.fill(NaN, 0, split * targets), training };
  });
  const lanes = cutLanes(
    parts.map(({ sequence: { x, begins }, split, training }) => ({
      x,
      begins,
      wanted: training,
      steps: split,
    })),
    job.inputs,
    targets,
    laneCount(
      parts.reduce((sum, { split }) => sum + split, 0),
      job.tbptt[0],
    ),
  );
  const known = knownTargets(parts);
  const errorsOf = (outputs: readonly Float64Array[]) => absoluteErrors(meanOfArrays(outputs), known);
  const silence = new Float64Array(known.length);
  const incumbents = job.initial && networks.map((network) => networkOutputs(network, parts, pace));
  const canLearn = known.length > 0 && lanes.target.some((value) => !Number.isNaN(value));
  const trained = networks.map((network, member) => {
    const done = job.finished?.[h * job.members + member];
    if (done !== undefined) return trainedFromBytes(done, network.name);
    let last = { loss: Number.NaN, validation: Number.NaN };
    const one = trainNetwork({
      network,
      lanes,
      validation: parts,
      tbptt: job.tbptt,
      learningRate: job.learningRate ?? (job.initial ? FINE_TUNING_RATE : DEFAULT_RATE),
      maxEpochs: canLearn ? maxEpochs : 0,
      rival: incumbents?.[member] ?? silence,
      pace,
      onEpoch: (epoch, loss, validation) => {
        last = { loss, validation };
        onEpoch(member, epoch, loss, validation);
      },
    });
    if (job.finished !== undefined) onFinished(member, one, last.loss, last.validation);
    return one;
  });
  const total = (of: (one: TrainedNetwork) => number) => trained.reduce((sum, one) => sum + of(one), 0);
  return {
    networks: trained.map(({ network }) => network),
    errors: errorsOf(trained.map(({ outputs }) => outputs)),
    persistence: errorsOf([silence]),
    rivals: simpleRivals(job, parts, h, known),
    incumbent: incumbents && errorsOf(incumbents),
    epochs: total(({ epochs }) => epochs),
    clipped: total(({ clipped }) => clipped),
    gradients: trained.map(({ gradients }) => gradients),
  };
}

/** [T, I] with the unused inputs 0: what they weigh doesn't change. */
function without(x: Float64Array, { unused = [], inputs }: TrainingJob): Float64Array {
  if (unused.length === 0) return x;
  const used = x.slice();
  for (const input of unused) for (let at = input; at < x.length; at += inputs) used[at] = 0;
  return used;
}

/**
 * A trained network, fine-tuned on the whole history, the part that validated it too: the newest events are
 * those that most resemble what comes.
 */
function settled(network: Network, job: TrainingJob, h: number, member: number, pace: Pace): Network {
  const { seed, unused = [], sequences, targets, horizons } = job;
  let trainee = beginTrainee(network);
  for (let round = 0; round < SETTLING.rounds; round++) {
    const own = (seed + h * 8 + member) * 64 + round;
    const options = { seed: own, unused, learningRate: SETTLING.learningRate, pace };
    ({ trainee } = fineTune(trainee, sequences, targets, horizons, h, options));
  }
  return averagedNetwork(trainee);
}

function laneCount(steps: number, k1: number): number {
  const wished = Math.max(LANES.least, Math.min(LANES.most, Math.floor(steps / LANES.steps)));
  return Math.max(1, Math.min(wished, Math.floor(steps / (4 * k1))));
}

/** @throws RangeError code `TRAINING_JOB` when `initial` has another shape than the job asks for */
function startingForecaster(job: TrainingJob): Forecaster {
  const { cell, hidden, layers, inputs, targets, horizons, members } = job;
  const shape: NetworkShape = { cell, hidden, layers, inputs, outputs: targets };
  if (job.initial === undefined) {
    const rng = new Rng(job.seed);
    const networks = horizons.map(() =>
      Array.from({ length: members }, () => new Network(shape).initialize(rng, { zeroHead: true })),
    );
    for (const network of networks.flat()) forgetInputs(network, job.unused ?? []);
    return { networks };
  }
  const initial = forecasterFromBytes(job.initial, "initial");
  const describe = (counts: string, s: NetworkShape) =>
    `${counts} x ${s.cell}, ${s.inputs} inputs, ${s.layers} x ${s.hidden} hidden, ${s.outputs} outputs`;
  const expected = describe(`${horizons.length} x ${members}`, shape);
  for (const network of initial.networks.flat()) {
    const counts = `${initial.networks.length} x ${initial.networks[0]?.length}`;
    const found = describe(counts, network.shape);
    if (found === expected) continue;
    const on = "from its initial networks";
    throw problem(RangeError, { code: "TRAINING_JOB", action: "train forecaster", on, expected, found });
  }
  return initial;
}

function forgetInputs(network: Network, unused: readonly number[]): void {
  const { values, shape } = network.parameter("rnn.weight_ih_l0");
  const [rows = 0, inputs = 0] = shape;
  for (const input of unused) for (let row = 0; row < rows; row++) values[row * inputs + input] = 0;
}

function explain(
  lostTo: readonly string[],
  canLearn: boolean,
  validation: TrainingResult["validation"],
): string {
  if (!canLearn) return "there is too little history to learn from and to validate on";
  const { network, persistence, mean, seasonal, ridge, incumbent } = validation;
  const rivals = { persistence, mean, "a season ago": seasonal, ridge, "the network in service": incumbent };
  const known = Object.entries(rivals).filter(([, error]) => error !== undefined);
  const errors = [
    `mean absolute error ${network.toFixed(3)}`,
    ...known.map(([name, error]) => `${name} ${error?.toFixed(3)}`),
  ].join(", ");
  if (lostTo.length === 0) return `forecasts better than its rivals: ${errors}`;
  return `does not beat ${lostTo[0]} by more than chance: ${errors}`;
}
