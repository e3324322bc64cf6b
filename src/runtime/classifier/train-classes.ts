import { networkToOnnx } from "../../onnx/index.js";
import {
  featureWords,
  type Pipeline,
  type PipelineClassifier,
  type PipelineTraining,
} from "../../spec/index.js";
import {
  type ClassificationScores,
  type ClassifierEpoch,
  type ClassifierShape,
  classificationScores,
  classifySequences,
  linearRival,
  majorityRival,
  type TrainingSequences,
  trainClassifier,
} from "../../training/index.js";
import { makeInputStages } from "../stages.js";
import { alteredSequences } from "./altered-sequences.js";
import { classesIn, labelled, type RecordedSequence } from "./recorded-sequences.js";
import { meanSpotting, type Spotting, spotting } from "./spotting.js";

/** Of every so many sequences the last is tested on, where no other recording is. */
const TESTED_OF = 5;

/** What is tested on, by name. */
export interface TestPart {
  readonly name: string;
  readonly sequences: readonly RecordedSequence[];
}

export interface ClassTraining {
  readonly pipeline: Pipeline;
  readonly classifier: PipelineClassifier;
  readonly training: PipelineTraining;
  readonly sequences: readonly RecordedSequence[];
  /** Empty: every fifth sequence tests. */
  readonly tests: readonly TestPart[];
  /** From how many seeds it is trained, one after the other; the first one's network is kept. */
  readonly repeat: number;
  readonly onEpoch?: (run: number, epoch: ClassifierEpoch) => void;
}

/** How well the network and its rivals name the classes of a test part. */
export interface ClassReport {
  readonly name: string;
  /** Classes judged. */
  readonly count: number;
  /** The mean over all seeds. */
  readonly network: ClassificationScores;
  /** By seed. */
  readonly accuracies: readonly number[];
  readonly majority: ClassificationScores;
  readonly linear: ClassificationScores;
  /** Of pipelines that spot words in audio: the mean over all seeds. */
  readonly spotting?: Spotting;
}

export interface ClassOutcome {
  readonly onnx: Uint8Array;
  readonly parameters: number;
  readonly classes: readonly string[];
  readonly inputNames: readonly string[];
  readonly reports: readonly ClassReport[];
}

/**
 * Trains a pipeline's classifier on recorded sequences, and compares it with always naming the most frequent class
 * and with a softmax regression that has no memory.
 *
 * @throws RangeError code `TRAINING_JOB`
 */
export function trainClasses(options: ClassTraining): ClassOutcome {
  const { pipeline, classifier, training, repeat, onEpoch = () => {} } = options;
  const { at, pool } = classifier;
  const { features } = makeInputStages(pipeline);
  const { train, tests } = split(options);
  const classes = classesIn(train);
  const shape: ClassifierShape = {
    cell: training.cell,
    hidden: training.hidden,
    layers: training.layers,
    bidirectional: training.bidirectional,
    inputs: features.inputs,
    plain: plainInputs(pipeline),
    classes: classes.length,
    at,
    pool,
  };
  const own = train.map((sequence) => labelled(sequence, classes, classifier));
  const { audio: alteration } = training;
  const networks = Array.from({ length: repeat }, (_, run) => {
    const seed = training.seed + run;
    const sequencesOf: TrainingSequences = (epoch) =>
      alteration === undefined
        ? own
        : alteredSequences({ pipeline, classifier, sequences: train, classes, alteration, seed }, epoch);
    const recipe = recipeOf(training, seed);
    return trainClassifier(shape, recipe, sequencesOf, (epoch) => onEpoch(run, epoch));
  });
  const rivals = {
    majority: majorityRival(own, classes.length),
    linear: linearRival(own, features.inputs, classes.length, at),
  };
  const reports = tests.map(({ name, sequences }): ClassReport => {
    const judged = sequences.map((sequence) => labelled(sequence, classes, classifier));
    const right = judged.map((one) => one.classes);
    const judge = (logits: readonly Float64Array[]) => classificationScores(logits, right, classes.length);
    const logits = networks.map((network) => classifySequences(network, shape, judged));
    const scores = logits.map(judge);
    const { spot } = classifier;
    const hopMs = pipeline.features.flatMap((feature) => (feature.kind === "audio" ? feature.hopMs : []))[0];
    return {
      ...(spot === undefined || hopMs === undefined
        ? {}
        : { spotting: meanSpotting(logits.map((own) => spotting(own, right, { ...spot, classes }, hopMs))) }),
      name,
      count: scores[0]?.count ?? 0,
      network: meanScores(scores),
      accuracies: scores.map(({ accuracy }) => accuracy),
      majority: judge(rivals.majority(judged)),
      linear: judge(rivals.linear(judged)),
    };
  });
  const [network] = networks;
  const metadata = {
    "eddy.pipeline": pipeline.name,
    "eddy.inputs": JSON.stringify(features.names),
    "eddy.features": JSON.stringify(featureWords(pipeline.features)),
    "eddy.class": JSON.stringify({ class: classifier.field, at, pool, ahead: classifier.ahead, classes }),
    "eddy.output": "logits",
    "eddy.training": JSON.stringify({ ...training, sequences: train.length }),
    "eddy.test": JSON.stringify(reports),
  };
  return {
    onnx: networkToOnnx(network!, metadata),
    parameters: network!.weightCount,
    classes,
    inputNames: features.names,
    reports,
  };
}

/** Trains once for every value of a field, on all sequences but its own, and tests on those. */
export function leaveOut(options: ClassTraining): readonly ClassReport[] {
  const groups = [...new Set(options.sequences.map(({ group }) => group))].sort();
  return groups.map((group) => {
    const sequences = options.sequences.filter((one) => one.group !== group);
    const all = [...options.sequences, ...options.tests.flatMap((part) => part.sequences)];
    const tests = [{ name: group, sequences: all.filter((one) => one.group === group) }];
    return trainClasses({ ...options, sequences, tests }).reports[0]!;
  });
}

/** Which inputs are symbols'; audio has all inputs to itself. */
function plainInputs({ features }: Pipeline): boolean[] {
  return features.flatMap((feature) => {
    if (feature.kind === "symbol") return Array<boolean>((feature.vocabulary?.length ?? 0) + 1).fill(true);
    if (feature.kind === "calendar") return Array<boolean>(2 * feature.harmonics).fill(false);
    return Array<boolean>(feature.kind === "vector" ? feature.size : feature.kind === "lag" ? 2 : 1).fill(
      false,
    );
  });
}

function split({ sequences, tests }: ClassTraining): {
  train: readonly RecordedSequence[];
  tests: readonly TestPart[];
} {
  if (tests.length > 0) return { train: sequences, tests };
  const isTested = (i: number) => i % TESTED_OF === TESTED_OF - 1;
  return {
    train: sequences.filter((_, i) => !isTested(i)),
    tests: [{ name: "every fifth sequence", sequences: sequences.filter((_, i) => isTested(i)) }],
  };
}

function recipeOf(training: PipelineTraining, seed: number) {
  const { epochs, batch, steps, rate, decay, dropout, noise, offset, stretch } = training;
  return {
    seed,
    epochs,
    batch,
    steps,
    learningRate: rate,
    weightDecay: decay,
    dropout,
    noise: { value: noise, sequence: offset },
    stretch,
  };
}

function meanScores(scores: readonly ClassificationScores[]): ClassificationScores {
  const mean = (of: (one: ClassificationScores) => number) =>
    scores.reduce((sum, one) => sum + of(one), 0) / scores.length;
  return {
    accuracy: mean(({ accuracy }) => accuracy),
    macroF1: mean(({ macroF1 }) => macroF1),
    nll: mean(({ nll }) => nll),
  };
}
