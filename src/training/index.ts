export { Adam, type AdamOptions, AdamW } from "./adam.js";
export { GuardedUpdate, type UpdateReport } from "./guarded-update.js";
export { absoluteLoss, crossEntropyLoss, huberLoss, type Loss, squaredLoss } from "./loss.js";
export type { Optimizer } from "./optimizer.js";
export type { SequenceBatch } from "./sequence-batch.js";
export { Sgd } from "./sgd.js";
export { Tbptt } from "./tbptt.js";
export { trainForecaster } from "./train-forecaster.js";
export type { TrainingJob, TrainingProgress, TrainingResult, TrainingSequence } from "./training-job.js";
