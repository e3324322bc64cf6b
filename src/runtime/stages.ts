import { problem, type Stage } from "../core/index.js";
import {
  chooseDetectors,
  detectionStage,
  type ForecastUnit,
  Maintenance,
  type WatchOptions,
} from "../detection/index.js";
import { type FeatureStage, featureStage, voiceStage } from "../features/index.js";
import { type FileModel, markField, type Pipeline, type PipelineSupervised } from "../spec/index.js";
import {
  type Drift,
  driftStage,
  fixedCellsStage,
  type InferredTarget,
  InferStage,
  LearningCellsStage,
  type LearningReport,
  sequenceStage,
  type Trainer,
  WriteTextStage,
} from "../stream/index.js";
import { loadEncoderDecoder } from "./load-encoder-decoder.js";
import { loadModel } from "./load-model.js";
import { markTopics } from "./mark-topics.js";

/** What computes for a pipeline, beside its own thread. */
export interface Engines {
  readonly trainer: Trainer;
  /** A bare file never fine-tunes: only a live stream does. */
  readonly fineTunes: boolean;
  /** Waits for fine-tuning: over a recording, where nobody is kept waiting. */
  readonly isPatient?: boolean;
  /** A log is repeated: nothing takes effect but what stands in it. */
  readonly followsLog?: boolean;
}

/** The stages that lead up to a network, in stream order: sequence, voice where sequences are opened by it, features. */
export function makeInputStages(pipeline: Pipeline): {
  readonly inputStages: readonly Stage[];
  readonly features: FeatureStage;
} {
  const { sequence, input, targets, model } = pipeline;
  const features = featureStage({
    features: pipeline.features,
    targets,
    horizons: model.horizons,
    zone: input.zone,
    givesAffine: model.kind === "file" && model.output === "scaled",
  });
  const audio = pipeline.features.find((feature) => feature.kind === "audio");
  const voice =
    sequence.voice && audio
      ? [voiceStage({ ...sequence.voice, field: audio.field, rateHz: audio.rateHz })]
      : [];
  const order = [
    sequenceStage({
      late: sequence.late,
      ...(sequence.gapMs === undefined ? {} : { gapMs: sequence.gapMs }),
      ...(sequence.start === undefined ? {} : { start: markField(sequence.start) }),
      ...(sequence.end === undefined ? {} : { end: sequence.end === true || markField(sequence.end) }),
      marks: markTopics(sequence).map(({ field }) => field),
      ...(input.id === undefined ? {} : { id: input.id }),
      // With a policy against overload the broker may send so many before any is acknowledged.
      ...((pipeline.overload ?? "back-pressure") === "back-pressure" ? {} : { rememberedIds: 4096 }),
    }),
    ...voice,
    features,
  ];
  return { inputStages: order, features };
}

/**
 * A pipeline's stages, in stream order: sequence, features, cells, detection, drift; those that learn lead the ones
 * behind. With a supervised target: sequence, features, cells.
 */
export async function makeStages(
  pipeline: Pipeline,
  engines: Engines,
  onLearning: (report: LearningReport) => void,
): Promise<Stage[]> {
  const { targets, model } = pipeline;
  const { horizons } = model;
  const { inputStages, features } = makeInputStages(pipeline);
  if (pipeline.supervised !== undefined) {
    return [...inputStages, await inferStage(pipeline, pipeline.supervised, features)];
  }
  const shape = {
    inputs: features.inputs,
    targets: targets.length,
    outputs: targets.length * horizons.length,
    neededMs: features.neededMs,
    seasons: features.seasons.map(({ periodMs, inputs }) => ({ name: seasonName(periodMs), inputs })),
  };
  const detection = detectionStage({
    targets,
    horizons,
    unit: model.kind === "file" ? (model.output as ForecastUnit) : "step",
    watch: watchOptions(pipeline),
  });
  const drift = (onDrift: (found: Drift, key: string) => void): Stage =>
    driftStage((found, { position, sample }) => {
      onDrift(found, sample.key);
      onLearning({ kind: "drift", position, why: driftWords(found), ...found });
    });
  if (model.kind === "file") {
    const cells = await fixedCells(model, pipeline.modelKeys, shape.inputs, shape.outputs, features.names);
    return [...inputStages, cells, detection, drift(() => {})];
  }
  const { learn } = pipeline;
  const cells = new LearningCellsStage(
    {
      ...model,
      shape,
      horizons,
      tbptt: learn?.tbptt ?? [24, 24],
      fineTune: engines.fineTunes ? learn?.every : undefined,
      tunesOnDrift: learn?.onDrift ?? false,
      // Whoever waits is not spared.
      budget: engines.isPatient ? 1 : (learn?.budget ?? 1),
      isPatient: engines.isPatient ?? false,
      followsLog: engines.followsLog ?? false,
      trainer: engines.trainer,
      onLearning,
    },
    (learner) => [detection, drift((found, key) => learner.drifted(found, key))],
  );
  return [...inputStages, cells];
}

/** What a pipeline's keys are watched by; undefined: by nothing. */
export function watchOptions({
  anomaly,
  targets,
  input,
}: Pipeline): (WatchOptions & { why: string }) | undefined {
  if (anomaly === undefined) return undefined;
  const { detectors, keys, maintenance, ...rest } = anomaly;
  const auto = chooseDetectors(targets.length, keys);
  const chosen = detectors === "auto" ? auto : { ...auto, detectors, why: "as the pipeline says" };
  return { ...rest, ...chosen, maintenance: new Maintenance(maintenance, input.zone) };
}

/** `day-before`, `week-before`; of other periods their hours. */
function seasonName(periodMs: number): string {
  const hours = periodMs / 3_600_000;
  return hours === 24 ? "day-before" : hours === 168 ? "week-before" : `${hours}-hours-before`;
}

function driftWords({ before, after }: Drift): string {
  const [from, to] = [before, after].map((error) => error.toFixed(2));
  return `the forecasts' errors have ${after > before ? "grown" : "shrunk"} from ${from} to ${to} usual steps`;
}

/** A network of a supervised target, from its file. */
async function inferStage(
  pipeline: Pipeline,
  supervised: PipelineSupervised,
  features: FeatureStage,
): Promise<Stage> {
  const { model, modelKeys, sequence } = pipeline;
  const { at, pool } = supervised;
  const file = model.kind === "file" ? model.file : "";
  if (supervised.kind === "text") return writeTextStage(file, modelKeys, supervised, features);
  const hasEnds = sequence.end !== undefined || sequence.voice !== undefined;
  const loaded = await loadModel(file, { keys: modelKeys, wholeSequences: hasEnds });
  requireInputs(file, loaded.inputs, features);
  const spot = supervised.kind === "class" ? supervised.spot : undefined;
  const target = inferredTarget(pipeline, supervised, file);
  const lag = Math.max(0, -supervised.ahead);
  return new InferStage({ model: loaded, target, at, pool, lag, ...(spot === undefined ? {} : { spot }) });
}

/** An encoder and a decoder, from their file. */
async function writeTextStage(
  file: string,
  keys: readonly string[],
  { split, search, most, vocabulary }: Extract<PipelineSupervised, { kind: "text" }>,
  features: FeatureStage,
): Promise<Stage> {
  const { encoder, decoder } = await loadEncoderDecoder(file, keys);
  requireInputs(file, encoder.inputs, features);
  if (vocabulary === undefined) {
    throw problem(TypeError, {
      code: "NO_CLASSES",
      action: "write texts with model",
      on: file,
      expected: "the symbols, in target.vocabulary or in the file",
      found: "none",
    });
  }
  return new WriteTextStage({ encoder, decoder, symbols: vocabulary, split, search, most });
}

/** @throws RangeError code `MODEL_SHAPE` */
function requireInputs(file: string, inputs: number, features: FeatureStage): void {
  if (inputs === features.inputs) return;
  throw problem(RangeError, {
    code: "MODEL_SHAPE",
    action: "step model",
    on: file,
    expected: `${features.inputs} inputs (${features.names.join(", ")})`,
    found: `${inputs} inputs`,
  });
}

/** @throws TypeError code `NO_CLASSES` when neither the pipeline nor the file says what outputs stand for */
function inferredTarget(
  { model, name }: Pipeline,
  supervised: Exclude<PipelineSupervised, { readonly kind: "text" }>,
  file: string,
): InferredTarget {
  if (supervised.kind === "value") {
    return { kind: "value", ...(supervised.of === undefined ? {} : { of: supervised.of }) };
  }
  const output = model.kind === "file" && model.output === "probabilities" ? "probabilities" : "logits";
  const isClass = supervised.kind === "class";
  const names = isClass ? supervised.classes : supervised.vocabulary;
  if (names === undefined) {
    throw problem(TypeError, {
      code: "NO_CLASSES",
      action: "infer in pipeline",
      on: name,
      expected: `the ${isClass ? "classes, in target.classes" : "symbols, in target.vocabulary"} or in ${file}`,
      found: "none",
    });
  }
  return isClass ? { kind: "class", classes: names, output } : { kind: "symbols", vocabulary: names, output };
}

/** A user's network behind the cells' port; it has to fit what the pipeline feeds it and asks of it. */
async function fixedCells(
  { file, batch }: FileModel,
  keys: readonly string[],
  inputs: number,
  outputs: number,
  names: readonly string[],
): Promise<Stage> {
  const model = await loadModel(file, { keys });
  if (model.inputs !== inputs || model.outputs < outputs) {
    throw problem(RangeError, {
      code: "MODEL_SHAPE",
      action: "step model",
      on: file,
      expected: `${inputs} inputs (${names.join(", ")}) and at least ${outputs} outputs (targets x horizons)`,
      found: `${model.inputs} inputs and ${model.outputs} outputs`,
    });
  }
  return fixedCellsStage(model, { batch });
}
