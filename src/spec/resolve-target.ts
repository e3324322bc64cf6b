import { aheadOf, type FullDocument, type FullSupervisedTarget, supervisedField } from "./full-document.js";
import { given } from "./given.js";
import type { PipelineSearch, PipelineSupervised, SupervisedTarget } from "./pipeline-target.js";

/** A supervised target and its training, from the file's words. */
export function supervised(
  target: FullSupervisedTarget,
  training: NonNullable<FullDocument["train"]>,
): PipelineSupervised {
  const { audio, ...rest } = training;
  const change = audio && { ...given("noiseDb", audio.noise), gainDb: audio.gain, speed: audio.speed };
  const { at } = target;
  return {
    ...supervisedTarget(target),
    field: supervisedField(target),
    at,
    pool: "pool" in target ? target.pool : "last",
    ahead: aheadOf(target),
    training: { ...rest, ...given("audio", change) },
  };
}

function supervisedTarget(target: FullSupervisedTarget): SupervisedTarget {
  if ("class" in target)
    return { kind: "class", ...given("spot", target.spot), ...given("classes", target.classes) };
  if ("value" in target) return { kind: "value", ...given("of", target.of) };
  if ("text" in target) {
    const { split, most, vocabulary } = target;
    return { kind: "text", split, most, search: search(target.search), ...given("vocabulary", vocabulary) };
  }
  return { kind: "symbols", ...given("vocabulary", target.vocabulary) };
}

function search(full: Extract<FullSupervisedTarget, { text: string }>["search"]): PipelineSearch {
  if (full === "greedy") return { kind: "greedy" };
  return "beam" in full ? { kind: "beam", width: full.beam } : { kind: "sample", ...full };
}
