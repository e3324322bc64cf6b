export { type AdoptedModel, adoptModel } from "./adopt-model.js";
export { type Analysis, analyzeModel } from "./analyze-model.js";
export { COMPARE_TOLERANCE, type Comparison, compareEngines } from "./compare-engines.js";
export {
  describeModel,
  formatTensor,
  type ModelDescription,
  type NodeDescription,
  type TensorDescription,
} from "./describe-model.js";
export {
  encoderDecoderFromOnnx,
  encoderDecoderToOnnx,
} from "./encoder-decoder-file.js";
export { type CellReport, inspectModel, type ModelReport } from "./inspect-model.js";
export { type Engine, kernelLacks, type LoadModelOptions, loadModelAs } from "./load-model-as.js";
export { networkFromOnnx, networkToOnnx } from "./network-file.js";
export { type CellSpec, type OrtCell, openOrtCell } from "./ort/ort-cell.js";
export { OrtModel } from "./ort/ort-model.js";
export {
  bestOrtRuntime,
  nativeRuntime,
  type OrtEngine,
  type OrtRuntime,
  ortRuntime,
} from "./ort/ort-runtime.js";
export { runSequence } from "./ort/run-sequence.js";
export { decodeModel, encodeModel, type ModelProto } from "./proto/model-proto.js";
export type { StateRecord } from "./state-records.js";
export { writeGraph } from "./write-graph.js";
