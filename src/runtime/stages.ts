import { problem, type Stage } from "../core/index.js";
import { type DetectorOptions, detectionStage } from "../detection/index.js";
import { type FeatureStage, featureStage } from "../features/index.js";
import type { FileModel, Pipeline } from "../spec/index.js";
import {
  fixedCellsStage,
  LearningCellsStage,
  type LearningReport,
  sequenceStage,
  type Trainer,
} from "../stream/index.js";
import { loadModel } from "./load-model.js";

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

/** The stages that lead up to a network: sequence, features. */
export function makeInputStages(pipeline: Pipeline): { sequence: Stage; features: FeatureStage } {
  const { sequence, input, targets, model } = pipeline;
  return {
    sequence: sequenceStage({
      late: sequence.late,
      ...(sequence.gapMs === undefined ? {} : { gapMs: sequence.gapMs }),
      ...(input.id === undefined ? {} : { id: input.id }),
    }),
    features: featureStage({
      features: pipeline.features,
      targets,
      horizons: model.horizons,
      zone: input.zone,
    }),
  };
}

/** A pipeline's stages, in stream order: sequence, features, cells, detection. */
export async function makeStages(
  pipeline: Pipeline,
  engines: Engines,
  onLearning: (report: LearningReport) => void,
): Promise<Stage[]> {
  const { targets, model } = pipeline;
  const { horizons } = model;
  const { sequence, features } = makeInputStages(pipeline);
  const shape = {
    inputs: features.inputs,
    targets: targets.length,
    outputs: targets.length * horizons.length,
    neededMs: features.neededMs,
  };
  const cells =
    model.kind === "file"
      ? await fixedCells(model, shape.inputs, shape.outputs, features.names)
      : new LearningCellsStage({
          ...model,
          shape,
          horizons,
          tbptt: pipeline.learn?.tbptt ?? [24, 24],
          fineTune: engines.fineTunes ? pipeline.learn?.every : undefined,
          // Whoever waits is not spared.
          budget: engines.isPatient ? 1 : (pipeline.learn?.budget ?? 1),
          isPatient: engines.isPatient ?? false,
          followsLog: engines.followsLog ?? false,
          trainer: engines.trainer,
          onLearning,
        });
  const detector: DetectorOptions = {
    targets,
    horizons,
    unit: model.kind === "file" ? model.output : "step",
    alertsPerDay: pipeline.anomaly?.alertsPerDay,
    warmUp: pipeline.anomaly?.warmUp ?? 0,
    hold: pipeline.anomaly?.hold ?? 1,
  };
  return [sequence, features, cells, detectionStage(detector)];
}

/** A user's network behind the cells' port; it has to fit what the pipeline feeds it and asks of it. */
async function fixedCells(
  { file, batch }: FileModel,
  inputs: number,
  outputs: number,
  names: readonly string[],
): Promise<Stage> {
  const model = await loadModel(file);
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
