export { Adam, type AdamOptions, AdamW } from "./adam.js";
export {
  type Baseline,
  baselineErrors,
  fitHoltWinters,
  HoltWinters,
  type HoltWintersRates,
  Persistence,
  Ridge,
  ridgeForecast,
  SeasonalNaive,
} from "./baselines/index.js";
export {
  type ComparedForecasts,
  type ComparedSequence,
  compareForecasts,
  type ForecastComparison,
  modelForecasts,
  type Season,
} from "./compare-forecasts.js";
export { bernoulliLoss, binaryCrossEntropyLoss, crossEntropyLoss } from "./cross-entropy-loss.js";
export {
  nearestPair,
  type TextEpoch,
  type TextPair,
  type TextRecipe,
  type TextScores,
  type TextShape,
  textScores,
  trainEncoderDecoder,
  writeTexts,
} from "./encoder-decoder/index.js";
export { type ForecastErrors, forecastErrors } from "./forecast-errors.js";
export {
  type Forecaster,
  forecasterFromBytes,
  forecasterGraph,
  forecasterToBytes,
  forecasterWeights,
} from "./forecaster.js";
export { type Evidence, judge, NO_EVIDENCE, standardErrors, type Verdict } from "./gate.js";
export { gaussianLoss } from "./gaussian-loss.js";
export { type GradientHealth, gradientHealth } from "./gradient-health.js";
export { gradientReach, type LayerReach } from "./gradient-reach.js";
export { GuardedUpdate, type OptimizerState, type UpdateReport } from "./guarded-update.js";
export { InputRows } from "./input-rows.js";
export { STANDSTILL } from "./leave-out.js";
export { type Leftover, leftoverMemory } from "./leftover-memory.js";
export { absoluteLoss, huberLoss, type Loss, squaredLoss } from "./loss.js";
export type { Optimizer } from "./optimizer.js";
export type { Pace } from "./pace.js";
export { quantileLoss } from "./quantile-loss.js";
export { RmsProp, type RmsPropOptions } from "./rms-prop.js";
export type { SequenceBatch } from "./sequence-batch.js";
export { Sgd, type SgdOptions } from "./sgd.js";
export { softmax } from "./softmax.js";
export { type SeasonInputs, Starter, type StarterOptions, type StarterStep } from "./starter.js";
export {
  type AudioAlteration,
  alterAudio,
  type ClassificationScores,
  classificationScores,
  classObjective,
  frequencyRival,
  type Judged,
  type LabelledSequence,
  linearRival,
  linearValueRival,
  majorityRival,
  meanRival,
  type Objective,
  type Pool,
  type Readings,
  type Rival,
  readingRival,
  repetitionRival,
  runSequences,
  type Scores,
  type SupervisedEpoch,
  type SupervisedRecipe,
  type SupervisedShape,
  type SymbolsScores,
  symbolsObjective,
  symbolsScores,
  type TrainingSequences,
  trainSupervised,
  type ValueScores,
  valueObjective,
  valueScores,
} from "./supervised/index.js";
export { Tbptt } from "./tbptt.js";
export { tend } from "./tend.js";
export type { TendedSequence, TendJob, TendResult, TuningReport } from "./tend-job.js";
export { trainForecaster } from "./train-forecaster.js";
export {
  DEFAULT_RATE,
  DOUBT,
  type HorizonGradients,
  type TrainingJob,
  type TrainingProgress,
  type TrainingResult,
  type TrainingSequence,
} from "./training-job.js";
