export { type CommitOptions, commitOf, requestedAlerts } from "./commit.js";
export { decodePackets, type PacketDecoding } from "./decode.js";
export { DeliveryWatch } from "./delivery-watch.js";
export { doubtUnderAlert, doubtUnderLabel } from "./doubts.js";
export { type Drift, driftStage } from "./drift-stage.js";
export { fixedCellsStage } from "./fixed-cells-stage.js";
export { type Forgotten, readForgotten, writeForgotten } from "./forgotten.js";
export { Gatherer } from "./gather.js";
export { type InferOptions, InferStage } from "./infer-stage.js";
export { KeyPager, type KeyPagerOptions } from "./key-pager.js";
export { type Decision, decisionFromBody } from "./learner-work.js";
export { LearningCellsStage } from "./learning-cells-stage.js";
export type { LearningDetails, LearningOptions, LearningReport } from "./learning-options.js";
export {
  alertMessages,
  deadLetterMessage,
  type MessageOptions,
  stepMessage,
} from "./messages.js";
export { type Promotion, readPromotion, writePromotion } from "./model-requests.js";
export { type PacketBatch, packetSource } from "./mqtt-source.js";
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
} from "./operators.js";
export { Outbox, type OutboxOptions } from "./outbox.js";
export { Outboxes, type OutboxesOptions } from "./outboxes.js";
export { OVERLOADED_AT, type OverloadPolicy, shedLoad } from "./overload.js";
export { type InferredTarget, probabilitiesOf } from "./read-output.js";
export { type RequestLine, requestSource } from "./request-source.js";
export { type Resumed, type ResumeOptions, resume } from "./resume.js";
export { currentScope, PipelineScope, stepThrough, withScope } from "./scope.js";
export { type SequenceOptions, sequenceStage } from "./sequence-stage.js";
export { restoreSnapshot, takeSnapshot } from "./snapshot.js";
export { stepWith } from "./step-with.js";
export type { Trainer } from "./trainer.js";
export { type TrainingShape, unusedInputs } from "./training-memory.js";
export { via } from "./via.js";
export { type SpotterOptions, WordSpotter } from "./word-spotter.js";
export { type TextSearch, type WriteTextOptions, WriteTextStage } from "./write-text-stage.js";
