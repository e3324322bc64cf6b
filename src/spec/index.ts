export type { Environment } from "./environment.js";
export type { FullDocument, FullFeature } from "./full-document.js";
export { type FormatSchema, pipelineJsonSchema } from "./json-schema.js";
export { lintTogether } from "./lint.js";
export {
  featureWords,
  type ModelWords,
  parseModelWords,
  type ReadModelWords,
  targetWords,
} from "./model-words.js";
export { type ParsedPipeline, type ParseOptions, parsePipeline } from "./parse-pipeline.js";
export type {
  AudioChange,
  BuiltInModel,
  Calendar,
  Every,
  Expectation,
  ExpectedCell,
  Fault,
  Feature,
  FileModel,
  MarkSource,
  Pipeline,
  PipelineAnomaly,
  PipelineBroker,
  PipelineInput,
  PipelineLearn,
  PipelineOutput,
  PipelineSearch,
  PipelineSequence,
  PipelineStore,
  PipelineSupervised,
  PipelineTest,
  PipelineTraining,
  RowRange,
  Scale,
  Series,
  Wave,
} from "./pipeline.js";
export { lintReport, type Position, type Problem } from "./problem.js";
export { pipelineReference, referenceFiles } from "./reference.js";
export { normalize, show } from "./show.js";
export { parsePercent, parseSize } from "./size.js";
