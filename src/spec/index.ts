export type { Environment } from "./environment.js";
export type { FullDocument, FullFeature } from "./full-document.js";
export { type FormatSchema, pipelineJsonSchema } from "./json-schema.js";
export { lintTogether } from "./lint.js";
export { markField } from "./mark-field.js";
export {
  featureWords,
  type ModelWords,
  parseModelWords,
  type ReadModelWords,
  targetWords,
} from "./model-words.js";
export { type ParsedPipeline, type ParseOptions, parsePipeline } from "./parse-pipeline.js";
export type {
  BuiltInModel,
  Every,
  FileModel,
  MarkSource,
  Pipeline,
  PipelineAnomaly,
  PipelineBroker,
  PipelineInput,
  PipelineLearn,
  PipelineOutput,
  PipelineSequence,
  PipelineStore,
} from "./pipeline.js";
export type { Calendar, Feature, Scale } from "./pipeline-feature.js";
export type { AudioChange, PipelineSearch, PipelineSupervised, PipelineTraining } from "./pipeline-target.js";
export type {
  Expectation,
  ExpectedCell,
  Fault,
  PipelineTest,
  RowRange,
  Series,
  Wave,
} from "./pipeline-test.js";
export { lintReport, type Position, type Problem } from "./problem.js";
export { pipelineReference, referenceFiles } from "./reference.js";
export { normalize, show } from "./show.js";
export { parsePercent, parseSize } from "./size.js";
