export {
  classesIn,
  labelled,
  type RecordedSequence,
  type RecordedSequences,
  readSequences,
  withVocabularies,
} from "./recorded-sequences.js";
export {
  type ClassOutcome,
  type ClassReport,
  type ClassTraining,
  leaveOut,
  trainClasses,
} from "./train-classes.js";
