export { type RecordedSequence, type RecordedSequences, readSequences } from "./recorded-sequences.js";
export { MAIN_SCORE } from "./supervised-task.js";
export { labelled, type TargetCode, targetCode } from "./target-code.js";
export {
  leaveOut,
  reportJson,
  type SupervisedOutcome,
  type SupervisedReport,
  type SupervisedTraining,
  trainOnSequences,
} from "./train-supervised.js";
export { withVocabularies } from "./vocabularies.js";
