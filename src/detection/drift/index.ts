export { Adwin } from "./adwin.js";
export type { DriftDetector } from "./drift-detector.js";
export { PageHinkley, type PageHinkleyOptions } from "./page-hinkley.js";
