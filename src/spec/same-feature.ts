import { parseDuration } from "../core/index.js";
import type { FullFeature } from "./full-document.js";

/** Says the same, if in other words: `1d` is `24h`; what a vocabulary is may be left unsaid. */
export function sameFeature(a: FullFeature, b: FullFeature): boolean {
  if ("symbol" in a && "symbol" in b && (a.vocabulary === undefined || b.vocabulary === undefined)) {
    return a.symbol === b.symbol;
  }
  if ("text" in a && "text" in b && (a.vocabulary === undefined || b.vocabulary === undefined)) {
    return a.text === b.text && a.split === b.split;
  }
  if ("symbols" in a && "symbols" in b && (a.vocabulary === undefined || b.vocabulary === undefined)) {
    return a.symbols === b.symbols;
  }
  return JSON.stringify(inNumbers(a)) === JSON.stringify(inNumbers(b));
}

function inNumbers(feature: FullFeature): unknown {
  if ("lag" in feature) return ["lag", feature.lag, parseDuration(feature.by)];
  if ("calendar" in feature) return ["calendar", feature.calendar, feature.harmonics];
  if ("symbol" in feature) return ["symbol", feature.symbol, feature.vocabulary];
  if ("text" in feature) return ["text", feature.text, feature.split, feature.vocabulary];
  if ("symbols" in feature) return ["symbols", feature.symbols, feature.vocabulary];
  if ("audio" in feature) {
    const { window, hop, to = 0.475 * feature.rate, ...rest } = feature;
    const entries = Object.entries({ ...rest, to }).sort(([a], [b]) => (a < b ? -1 : 1));
    return ["audio", parseDuration(window), parseDuration(hop), entries];
  }
  const { scale } = feature;
  const scaled = typeof scale === "string" ? scale : [scale.mean, scale.sd];
  if ("vector" in feature) return ["vector", feature.vector, feature.size, scaled];
  if ("field" in feature) return ["field", feature.field, scaled, feature.missing];
  return ["difference", feature.difference, scaled];
}
