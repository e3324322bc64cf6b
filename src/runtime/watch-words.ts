import { keyMemory } from "../detection/index.js";
import type { Pipeline } from "../spec/index.js";
import { watchOptions } from "./stages.js";

/** What watches a pipeline's keys, and what that takes. */
export interface WatchPrice {
  readonly detectors: readonly string[];
  /** Why these, for people. */
  readonly why: string;
  /** Memory of one key's detectors, and of as many as are expected. */
  readonly bytesPerKey: number;
  readonly keys: number;
  readonly bytes: number;
}

/** undefined: the pipeline wants no alerts. */
export function watchPrice(pipeline: Pipeline): WatchPrice | undefined {
  const watch = watchOptions(pipeline);
  const { anomaly, targets, model } = pipeline;
  if (watch === undefined || anomaly === undefined) return undefined;
  const { detectors, why } = watch;
  const { keys } = anomaly;
  const bytesPerKey = keyMemory({ ...watch, targets, horizons: model.horizons });
  return { detectors, why, bytesPerKey, keys, bytes: keys * bytesPerKey };
}

/** The same for people: `watched by pattern, stuck (one signal: ...); about 430 kB a key, 43 MB for 100`. */
export function watchWords(pipeline: Pipeline): string {
  const price = watchPrice(pipeline);
  if (price === undefined) return "watched by nothing: anomaly is false";
  const { detectors, why, bytesPerKey, keys, bytes } = price;
  return (
    `watched by ${detectors.join(", ")} (${why}); ` +
    `about ${memory(bytesPerKey)} a key, ${memory(bytes)} for ${keys}`
  );
}

function memory(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toPrecision(2)} GB`;
  return bytes >= 1e6 ? `${Math.ceil(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
