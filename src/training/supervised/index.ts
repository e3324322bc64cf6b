export { type AudioAlteration, alterAudio } from "./alter-audio.js";
export { classObjective } from "./classes/class-objective.js";
export { linearRival, majorityRival } from "./classes/class-rivals.js";
export { type ClassificationScores, classificationScores } from "./classes/classification-scores.js";
export type { Judged, Objective, Rival, Scores } from "./objective.js";
export { runSequences } from "./run-sequences.js";
export type {
  LabelledSequence,
  Pool,
  Readings,
  SupervisedRecipe,
  SupervisedShape,
  TrainingSequences,
} from "./supervised-job.js";
export { symbolsObjective } from "./symbols/symbols-objective.js";
export { frequencyRival, repetitionRival } from "./symbols/symbols-rivals.js";
export { type SymbolsScores, symbolsScores } from "./symbols/symbols-scores.js";
export { type SupervisedEpoch, trainSupervised } from "./train-supervised.js";
export { valueObjective } from "./values/value-objective.js";
export { linearValueRival, meanRival, readingRival } from "./values/value-rivals.js";
export { type ValueScores, valueScores } from "./values/value-scores.js";
