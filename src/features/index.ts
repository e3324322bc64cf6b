export { type VoiceStageOptions, voiceStage } from "./audio/voice-stage.js";
export type { Calendar, Feature, Scale } from "./feature.js";
export { type FeatureOptions, type FeatureStage, featureStage } from "./feature-stage.js";
export { PastValues } from "./past-values.js";
