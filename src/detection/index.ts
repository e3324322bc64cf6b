export { DUE } from "./alert/alert.js";
export { detectionStage } from "./detection-stage.js";
export { Adwin, type DriftDetector, PageHinkley, type PageHinkleyOptions } from "./drift/index.js";
export type { ForecastUnit } from "./forecast-unit.js";
export type { DetectorOptions } from "./key-detector.js";
