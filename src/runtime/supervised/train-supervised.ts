import { networkToOnnx } from "../../onnx/index.js";
import {
  featureWords,
  type Pipeline,
  type PipelineSupervised,
  type PipelineTraining,
  targetWords,
} from "../../spec/index.js";
import {
  runSequences,
  type Scores,
  type SupervisedEpoch,
  type SupervisedShape,
  type TrainingSequences,
  trainSupervised,
} from "../../training/index.js";
import { makeInputStages } from "../stages.js";
import { alteredSequences } from "./altered-sequences.js";
import type { RecordedSequence } from "./recorded-sequences.js";
import { meanScores, partsOf, recipeOf, reportJson } from "./report.js";
import { meanSpotting, type Spotting, spotting } from "./spotting.js";
import { MAIN_SCORE, supervisedTask } from "./supervised-task.js";
import { type CodedTarget, labelled, targetCode } from "./target-code.js";
import { trainTexts } from "./train-texts.js";

/** What is tested on, by name. */
export interface TestPart {
  readonly name: string;
  readonly sequences: readonly RecordedSequence[];
}

export interface SupervisedTraining {
  readonly pipeline: Pipeline;
  readonly supervised: PipelineSupervised;
  readonly training: PipelineTraining;
  readonly sequences: readonly RecordedSequence[];
  /** Empty: every fifth sequence tests. */
  readonly tests: readonly TestPart[];
  /** From how many seeds it is trained, one after the other; the first one's network is kept. */
  readonly repeat: number;
  readonly onEpoch?: (run: number, epoch: SupervisedEpoch) => void;
}

/** How well the network and its rivals tell the targets of a test part. */
export interface SupervisedReport {
  readonly name: string;
  /** Targets judged. */
  readonly count: number;
  /** The mean over all seeds. */
  readonly network: Scores;
  /** The score that matters most, by seed. */
  readonly seeds: readonly number[];
  readonly rivals: Readonly<Record<string, Scores>>;
  /** Of pipelines that spot words in audio: the mean over all seeds. */
  readonly spotting?: Spotting;
}

export interface SupervisedOutcome {
  readonly onnx: Uint8Array;
  readonly parameters: number;
  /** With its classes or its vocabulary. */
  readonly supervised: PipelineSupervised;
  readonly inputNames: readonly string[];
  readonly reports: readonly SupervisedReport[];
}

/**
 * Trains a pipeline's network on recorded sequences whose targets are known, and compares it with rivals that have no
 * memory.
 *
 * @throws RangeError code `TRAINING_JOB`
 */
export function trainOnSequences(options: SupervisedTraining): SupervisedOutcome {
  const { supervised: target } = options;
  return target.kind === "text" ? trainTexts(options, target) : trainOutputs(options, target);
}

/** Where the network's output itself is the target. */
function trainOutputs(options: SupervisedTraining, target: CodedTarget): SupervisedOutcome {
  const { pipeline, training, repeat, onEpoch = () => {} } = options;
  const { features } = makeInputStages(pipeline);
  const { train, tests } = partsOf(options);
  const code = targetCode(target, train);
  const { supervised } = code;
  const { at, pool } = supervised;
  const { cell, hidden, layers, bidirectional } = training;
  const { inputs, marks: plain } = features;
  const shape: SupervisedShape = { cell, hidden, layers, bidirectional, inputs, plain, at, pool };
  const own = train.map((sequence) => labelled(sequence, code));
  const { objective, rivals } = supervisedTask(code, own, inputs);
  const { audio: alteration } = training;
  const networks = Array.from({ length: repeat }, (_, run) => {
    const seed = training.seed + run;
    const sequencesOf: TrainingSequences = (epoch) =>
      alteration === undefined
        ? own
        : alteredSequences({ pipeline, code, sequences: train, alteration, seed }, epoch);
    const recipe = recipeOf(training, seed);
    return trainSupervised(shape, objective, recipe, sequencesOf, (epoch) => onEpoch(run, epoch));
  });
  const reports = tests.map(({ name, sequences }): SupervisedReport => {
    const judged = sequences.map((sequence) => labelled(sequence, code));
    const targets = judged.map(({ target }) => target);
    const outputs = networks.map((network) => runSequences(network, shape, judged));
    const runs = outputs.map((one) => objective.scores(one, targets));
    const spotted = spottingOf(pipeline, supervised, outputs, targets);
    return {
      name,
      count: runs[0]?.count ?? 0,
      network: meanScores(runs.map(({ scores }) => scores)),
      seeds: runs.map(({ scores }) => scores[MAIN_SCORE[supervised.kind]] ?? Number.NaN),
      rivals: Object.fromEntries(
        Object.entries(rivals).map(([rival, outputsOf]) => [
          rival,
          objective.scores(outputsOf(judged), targets).scores,
        ]),
      ),
      ...(spotted === undefined ? {} : { spotting: spotted }),
    };
  });
  const [network] = networks;
  const metadata = {
    "eddy.pipeline": pipeline.name,
    "eddy.inputs": JSON.stringify(features.names),
    "eddy.features": JSON.stringify(featureWords(pipeline.features)),
    "eddy.target": JSON.stringify(targetWords(supervised)),
    "eddy.output": supervised.kind === "value" ? "value" : "logits",
    "eddy.training": JSON.stringify({ ...training, sequences: train.length }),
    "eddy.test": JSON.stringify(reports.map((report) => reportJson(report, supervised))),
  };
  return {
    onnx: networkToOnnx(network!, metadata),
    parameters: network!.weightCount,
    supervised,
    inputNames: features.names,
    reports,
  };
}

/** Trains once for every value of a field, on all sequences but its own, and tests on those. */
export function leaveOut(options: SupervisedTraining): readonly SupervisedReport[] {
  const groups = [...new Set(options.sequences.map(({ group }) => group))].sort();
  return groups.map((group) => {
    const sequences = options.sequences.filter((one) => one.group !== group);
    const all = [...options.sequences, ...options.tests.flatMap((part) => part.sequences)];
    const tests = [{ name: group, sequences: all.filter((one) => one.group === group) }];
    return trainOnSequences({ ...options, sequences, tests }).reports[0]!;
  });
}

function spottingOf(
  pipeline: Pipeline,
  supervised: PipelineSupervised,
  outputs: readonly (readonly Float64Array[])[],
  targets: readonly Float64Array[],
): Spotting | undefined {
  const hopMs = pipeline.features.flatMap((feature) => (feature.kind === "audio" ? feature.hopMs : []))[0];
  if (supervised.kind !== "class" || supervised.spot === undefined || hopMs === undefined) return undefined;
  const { spot, classes = [] } = supervised;
  return meanSpotting(outputs.map((logits) => spotting(logits, targets, { ...spot, classes }, hopMs)));
}
