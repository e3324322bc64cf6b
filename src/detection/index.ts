export { AlertCycle, DUE, scoreOf } from "./alert/index.js";
export { Maintenance, type MaintenanceWindow } from "./alert/maintenance.js";
export { detectionStage, mutedKeys, mutedUntil } from "./detection-stage.js";
export type { Detector, ForecastError, Row } from "./detector.js";
export { Adwin, type DriftDetector, PageHinkley, type PageHinkleyOptions } from "./drift/index.js";
export {
  type AutoChoice,
  chooseDetectors,
  DETECTORS,
  type DetectorName,
  type EnsembleOptions,
} from "./ensemble.js";
export type { ForecastUnit } from "./forecast/forecast-unit.js";
export { Fusion } from "./fusion.js";
export type { DetectorOptions, WatchOptions } from "./key-detector.js";
export { keyMemory } from "./key-memory.js";
export { LevelCores, LevelDetector } from "./level/level-detector.js";
export { NoveltyDetector, ONE_NET, Reservoirs, SIX_NETS } from "./novelty/index.js";
export { PatternDetector } from "./pattern/pattern-detector.js";
export {
  readLastHeard,
  readSilences,
  SILENCE_SLOT,
  type Silence,
  writeSilences,
} from "./watches/last-heard.js";
export { MissingDetector, type MissingOptions } from "./watches/missing-detector.js";
export type { Limits } from "./watches/range-detector.js";
export { SilenceDetector, type SilenceOptions } from "./watches/silence-detector.js";
export { TogetherDetector, type TogetherOptions } from "./watches/together-detector.js";
