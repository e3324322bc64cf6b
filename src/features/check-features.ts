import { problem } from "../core/index.js";
import type { Feature } from "./feature.js";

const MOST_HARMONICS = 12;
/** So many of a target's last values are kept for every key. */
const FURTHEST = 10_000;

/** @throws RangeError code `BAD_FEATURE`, with the first that can't be */
export function checkFeatures(
  features: readonly Feature[],
  targets: readonly string[],
  horizons: readonly number[],
): void {
  if (features.length === 0) throw badFeature("features", "at least one", "none");
  for (const feature of features) {
    if (feature.kind === "calendar") {
      const { harmonics = 1 } = feature;
      if (Number.isInteger(harmonics) && harmonics >= 1 && harmonics <= MOST_HARMONICS) continue;
      throw badFeature(
        `the calendar's ${feature.calendar}`,
        `1 to ${MOST_HARMONICS} harmonics`,
        `${harmonics}`,
      );
    }
    if (feature.kind === "lag" && !(feature.byMs > 0 && Number.isFinite(feature.byMs))) {
      throw badFeature(`the past of ${JSON.stringify(feature.field)}`, "a time over 0", `${feature.byMs} ms`);
    }
    const isSymbolic = feature.kind === "symbol" || feature.kind === "symbols" || feature.kind === "text";
    if (isSymbolic && feature.vocabulary === undefined) {
      throw badFeature(`${feature.kind} ${JSON.stringify(feature.field)}`, "its vocabulary", "none");
    }
    if ((feature.kind === "audio" || feature.kind === "text") && features.length > 1) {
      throw badFeature(feature.kind, "no other feature beside it", `${features.length} features`);
    }
    if (!("scale" in feature) || typeof feature.scale === "string") continue;
    const { mean, sd } = feature.scale;
    if (!Number.isFinite(mean) || !(sd > 0 && Number.isFinite(sd))) {
      const on = `feature ${JSON.stringify(feature.field)}`;
      throw badFeature(on, "a finite mean and an sd above 0", `mean ${mean}, sd ${sd}`);
    }
  }
  for (const horizon of horizons) {
    if (Number.isInteger(horizon) && horizon >= 1 && horizon <= FURTHEST) continue;
    throw badFeature("horizons", `whole numbers of events from 1 to ${FURTHEST}`, `${horizon}`);
  }
  if (targets.length > 0 && horizons.length === 0) throw badFeature("horizons", "at least one", "none");
}

function badFeature(on: string, expected: string, found: string): RangeError {
  return problem(RangeError, { code: "BAD_FEATURE", action: "use", on, expected, found });
}
