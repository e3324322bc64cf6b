import { problem } from "../core/index.js";
import { type BuiltInModel, featureWords, type Pipeline } from "../spec/index.js";
import {
  type ComparedForecasts,
  type ComparedSequence,
  compareForecasts,
  type ForecastComparison,
  forecasterFromBytes,
  forecasterGraph,
  modelForecasts,
  type TrainingJob,
  type TrainingResult,
  type TrainingSequence,
} from "../training/index.js";
import { forecasterToOnnx } from "./forecaster-to-onnx.js";
import { type SearchOptions, search, type Trial } from "./search.js";
import type { KeyHistory, TrainingData } from "./training-data.js";

/** The last part of every key's history tests; four fifths of what is before trains, the rest validates. */
const TEST_SHARE = 0.2;
const TRAINING_SHARE = 0.8;

export interface TrainOptions extends SearchOptions {
  readonly pipeline: Pipeline;
  readonly data: TrainingData;
  /** Default: the pipeline's. */
  readonly seed?: number;
  /** Forecaster to start from (`forecasterToBytes`), of the shape that the pipeline asks for. */
  readonly initial?: Uint8Array;
}

/** How far off the forecasts of one target at one horizon are. */
export interface TestReport extends ComparedForecasts {
  readonly target: string;
  readonly horizon: number;
}

/** The end of a key's test part: what came, and what was foretold of it. */
export interface TestSample {
  readonly key: string;
  readonly target: string;
  readonly horizon: number;
  readonly values: Float64Array;
  /** NaN where there was none. */
  readonly forecasts: Float64Array;
}

/** Keys, and steps of each, that samples are taken of. */
const SAMPLED_KEYS = 3;
const SAMPLED_STEPS = 300;

export interface TrainOutcome {
  readonly onnx: Uint8Array;
  readonly result: TrainingResult;
  readonly reports: readonly TestReport[];
  /** Of the first target, one horizon ahead, for a few keys. */
  readonly samples: readonly TestSample[];
  /** Units a layer. */
  readonly hidden: number;
  /** What was tried, in order; one without a search. */
  readonly trials: readonly Trial[];
  /** Removes the files `unfinished`: to be called once the model is on disk. */
  readonly remove: () => void;
}

/**
 * Trains a pipeline's own network on a recording, and compares it with its rivals on the last fifth, which
 * neither trained on. An interrupted training goes on after its last finished network (`unfinished`), to the same bits.
 *
 * @throws TypeError code `MODEL_NOT_BUILT_IN` when the pipeline brings a file
 * @throws RangeError code `TOO_LITTLE_HISTORY`; `TRAINING_JOB` when `initial` has another shape
 */
export async function train(options: TrainOptions): Promise<TrainOutcome> {
  const { pipeline, data } = options;
  const { model, targets } = pipeline;
  if (model.kind !== "built-in") {
    throw problem(TypeError, {
      code: "MODEL_NOT_BUILT_IN",
      action: "train",
      on: `pipeline "${pipeline.name}"`,
      expected: "a model of Eddy's own: { cell, hidden, ... }",
      found: `the file ${model.file}`,
    });
  }
  const { horizons } = model;
  const seed = options.seed ?? model.seed;
  const sequences = data.histories.map(comparedSequence);
  const job = { ...trainingJob({ ...options, pipeline }, model, sequences), seed };
  const { best, trials, remove } = await search(job, options);
  const { result } = best;
  if (result.epochs === 0) {
    throw problem(RangeError, {
      code: "TOO_LITTLE_HISTORY",
      action: "train",
      on: `pipeline "${pipeline.name}"`,
      expected: "enough events to learn from, to validate and to test on",
      found: `${data.histories.reduce((sum, { sequence }) => sum + sequence.begins.length, 0)} events of ${data.histories.length} keys`,
    });
  }
  const forecaster = forecasterFromBytes(result.forecaster, pipeline.name);
  const graph = forecasterGraph(forecaster);
  const reports = targets.flatMap((target, t) =>
    horizons.map((horizon, h): TestReport => {
      const part = { targets: targets.length, target: t, horizons, horizon: h, graph, sequences };
      return { target, horizon, ...compareForecasts(part) };
    }),
  );
  const metadata = {
    "eddy.pipeline": pipeline.name,
    "eddy.inputs": JSON.stringify(data.inputNames),
    "eddy.features": JSON.stringify(featureWords(pipeline.features)),
    "eddy.targets": JSON.stringify(targets),
    "eddy.horizons": JSON.stringify(horizons),
    "eddy.training": JSON.stringify({
      seed,
      rows: data.rows,
      keys: data.histories.length,
      from: new Date(data.from).toISOString(),
      to: new Date(data.to).toISOString(),
    }),
    "eddy.test": JSON.stringify(reports),
    "eddy.gradients": JSON.stringify(result.gradients),
    ...(trials.length > 1 ? { "eddy.search": JSON.stringify(trials) } : {}),
  };
  const onnx = forecasterToOnnx(forecaster, pipeline.name, metadata);
  const first = { targets: targets.length, target: 0, horizons, horizon: 0, graph, sequences };
  const samples = testSamples(first, data.histories, targets[0]!);
  return { onnx, result, reports, samples, hidden: best.hidden, trials, remove };
}

function testSamples(
  comparison: ForecastComparison,
  histories: readonly KeyHistory[],
  target: string,
): TestSample[] {
  const { targets, horizons } = comparison;
  const sequences = comparison.sequences.slice(0, SAMPLED_KEYS);
  const all = modelForecasts({ ...comparison, sequences }, horizons[0]!);
  return sequences.map(({ y, testFrom }, i) => {
    const forecasts = all[i]!;
    const from = Math.max(testFrom, forecasts.length - SAMPLED_STEPS);
    const values = Float64Array.from({ length: forecasts.length - from }, (_, t) => y[(from + t) * targets]!);
    return {
      key: histories[i]!.key,
      target,
      horizon: horizons[0]!,
      values,
      forecasts: forecasts.slice(from),
    };
  });
}

function trainingJob(
  { pipeline, data, initial }: TrainOptions,
  { cell, hidden, layers, members, horizons, seed }: BuiltInModel,
  sequences: readonly ComparedSequence[],
): TrainingJob {
  return {
    seed,
    cell,
    hidden,
    layers,
    members,
    inputs: data.inputs,
    targets: pipeline.targets.length,
    horizons,
    tbptt: pipeline.learn?.tbptt ?? [24, 24],
    unused: data.unused,
    ...(initial === undefined ? {} : { initial }),
    sequences: sequences.map((sequence) => before(sequence, sequence.testFrom, data.inputs)),
  };
}

function comparedSequence({ sequence, intervalMs }: KeyHistory): ComparedSequence {
  const testFrom = Math.floor((1 - TEST_SHARE) * sequence.begins.length);
  return { ...sequence, intervalMs, testFrom, validationFrom: Math.floor(TRAINING_SHARE * testFrom) };
}

/** Steps [0, end). */
function before(sequence: TrainingSequence, end: number, inputs: number): TrainingSequence {
  const { x, y, scale, begins, doubtful } = sequence;
  const part = (values: Float64Array) => values.slice(0, (values.length / begins.length) * end);
  return {
    x: x.slice(0, end * inputs),
    y: part(y),
    scale: part(scale),
    begins: begins.slice(0, end),
    ...(doubtful && { doubtful: doubtful.slice(0, end) }),
  };
}
