export { type AudioAlteration, alterAudio } from "./alter-audio.js";
export { type ClassificationScores, classificationScores } from "./classification-scores.js";
export type {
  ClassifierRecipe,
  ClassifierShape,
  LabelledSequence,
  Pool,
  TrainingSequences,
} from "./classifier-job.js";
export { type ClassifierRival, linearRival, majorityRival } from "./classifier-rivals.js";
export { classifySequences } from "./classify-sequences.js";
export { softmax } from "./sequence-loss.js";
export { type ClassifierEpoch, trainClassifier } from "./train-classifier.js";
