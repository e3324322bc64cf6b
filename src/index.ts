export type { RecurrentModel } from "./cells/index.js";
export type { Batch, Prediction, Sample, Stage, StateSlot, StreamEvent } from "./core/index.js";
export { loadModel } from "./runtime/index.js";
export { type Pipeline, parsePipeline } from "./spec/index.js";
export { openStore, type Store, type StoreOptions } from "./store/index.js";
export {
  commit,
  type DecodeOptions,
  type DetectOptions,
  decode,
  detect,
  type FeatureInput,
  type FeaturesOptions,
  features,
  type MqttSourceOptions,
  mqttSource,
  type PublishOptions,
  publish,
  sequence,
  stepCells,
  via,
} from "./stream/index.js";
