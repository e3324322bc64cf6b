import { parseDuration } from "../core/index.js";
import type { FullFeature } from "./full-document.js";
import { given } from "./given.js";
import type { Feature } from "./pipeline-feature.js";

/** A feature, from the file's words. */
export function feature(full: FullFeature): Feature {
  if ("field" in full) {
    const marks = full.missing === undefined ? {} : { marksMissing: true as const };
    return { kind: "field", field: full.field, scale: full.scale, ...marks };
  }
  if ("difference" in full) return { kind: "difference", field: full.difference, scale: full.scale };
  if ("lag" in full) return { kind: "lag", field: full.lag, byMs: parseDuration(full.by) };
  if ("vector" in full) return { kind: "vector", field: full.vector, size: full.size, scale: full.scale };
  if ("audio" in full) return audioFeature(full);
  if ("symbol" in full)
    return { kind: "symbol", field: full.symbol, ...given("vocabulary", full.vocabulary) };
  if ("symbols" in full)
    return { kind: "symbols", field: full.symbols, ...given("vocabulary", full.vocabulary) };
  if ("text" in full) {
    return { kind: "text", field: full.text, split: full.split, ...given("vocabulary", full.vocabulary) };
  }
  return { kind: "calendar", calendar: full.calendar, harmonics: full.harmonics };
}

function audioFeature(full: Extract<FullFeature, { audio: string }>): Feature {
  return {
    kind: "audio",
    field: full.audio,
    rateHz: full.rate,
    output: full.as,
    windowMs: parseDuration(full.window),
    hopMs: parseDuration(full.hop),
    filters: full.filters,
    lowHz: full.from,
    highHz: full.to ?? 0.475 * full.rate,
    cepstra: full.cepstra,
    hasDelta: full.delta,
    preEmphasis: full["pre-emphasis"],
  };
}
