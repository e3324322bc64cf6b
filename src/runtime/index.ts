export { PACKET_MS } from "./audio-rows.js";
export { type BrokerAccess, brokerAccess } from "./broker-access.js";
export { BrokerDrops } from "./broker-drops.js";
export {
  type Checkpoint,
  checkpointToOnnx,
  findCheckpoint,
  type Lineage,
  type LineageEntry,
  readLineage,
  readLineages,
} from "./checkpoints.js";
export { connectToBroker } from "./connect.js";
export { type Answer, askRunning, COMMANDS, type CommandName } from "./control/index.js";
export { Counters } from "./counters.js";
export { Durations, type DurationTotals } from "./durations.js";
export { Eddy, type EddyOptions } from "./eddy.js";
export { type Generable, type Generated, type GenerateOptions, generate, speaksInSets } from "./generate.js";
export { storedPipeline } from "./identity.js";
export { Learner } from "./learner.js";
export { listenFilters } from "./listen-filters.js";
export { LivePipeline, type LivePipelineOptions } from "./live-pipeline.js";
export { loadModel, readModelFile } from "./load-model.js";
export { type Log, silentLog } from "./log.js";
export {
  type ModelSignature,
  modelSignatures,
  newSigningKey,
  requireSignature,
  signModel,
} from "./model-signature.js";
export { readModelWords } from "./model-words.js";
export { NUMERICS } from "./numerics.js";
export { runPipelineTest, type TestOutcome } from "./pipeline-tests.js";
export { type PublishOptions, publishRecording } from "./publish-recording.js";
export { type ReplayOptions, replay } from "./replay.js";
export { type ReplayLogOptions, replayLog } from "./replay-log.js";
export { type ReplayRow, RowWriter } from "./replay-rows.js";
export { MOST_TRIALS, searchSpace, type Trial } from "./search.js";
export { type Engines, makeStages } from "./stages.js";
export {
  labelled,
  leaveOut,
  MAIN_SCORE,
  type RecordedSequence,
  type RecordedSequences,
  readSequences,
  reportJson,
  type SupervisedOutcome,
  type SupervisedReport,
  type SupervisedTraining,
  type TargetCode,
  targetCode,
  trainOnSequences,
  withVocabularies,
} from "./supervised/index.js";
export { type TestReport, type TestSample, type TrainOptions, type TrainOutcome, train } from "./train.js";
export { type KeyHistory, readTrainingData, type TrainingData } from "./training-data.js";
export { type WatchPrice, watchPrice, watchWords } from "./watch-words.js";
export type { Watcher } from "./watcher.js";
export { writesTexts, writeText } from "./write-text.js";
