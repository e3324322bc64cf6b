export { type RecordedSequence, type RecordedSequences, readSequences } from "./recorded-sequences.js";
export { reportJson } from "./report.js";
export { MAIN_SCORE } from "./supervised-task.js";
export { labelled, type TargetCode, targetCode } from "./target-code.js";
export {
  leaveOut,
  type SupervisedOutcome,
  type SupervisedReport,
  type SupervisedTraining,
  trainOnSequences,
} from "./train-supervised.js";
export { searchMethod } from "./train-texts.js";
export { withVocabularies } from "./vocabularies.js";
