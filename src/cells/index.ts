export type { Cell, CellKind, CellParameters } from "./cell.js";
export { meanOf, sideBySide } from "./combine-graphs.js";
export { GruCell } from "./gru-cell.js";
export { KernelModel } from "./kernel-model.js";
export { KernelNetwork } from "./kernel-network.js";
export { LaggedModel, type LaggedStep } from "./lagged-model.js";
export { LinearHead } from "./linear-head.js";
export { LstmCell } from "./lstm-cell.js";
export { Network } from "./network.js";
export { networkFromBytes, networkToBytes } from "./network-bytes.js";
export { networkGraph } from "./network-graph.js";
export { checkShape, type HeadKind, type NetworkShape, weightCount } from "./network-shape.js";
export type { OptimizerStep } from "./optimizer-step.js";
export type { Allocate, Parameter } from "./parameter.js";
export type { RecurrentModel } from "./recurrent-model.js";
export { ResetBeforeGruCell } from "./reset-before-gru-cell.js";
export { type Nonlinearity, RnnCell } from "./rnn-cell.js";
export type {
  CellWeights,
  Elementwise,
  Operation,
  RecurrentOperation,
  StepGraph,
  Value,
} from "./step-graph.js";
export type { Dropout, Floats, TrainableNetwork, WeightArray, Window } from "./trainable-network.js";
export {
  createEncoderDecoder,
  type Decoder,
  decoderInput,
  type EncoderDecoder,
  type EncoderDecoderShape,
  encoderDecoderShapes,
  initializeEncoderDecoder,
  type SearchMethod,
  type SearchOptions,
  SymbolSearch,
  type Written,
  writeSymbols,
} from "./writing/index.js";
