import type { z } from "zod";
import { featuresFormat } from "./format-feature.js";
import { targetFormat } from "./format-target.js";
import type { FullFeature, FullSupervisedTarget } from "./full-document.js";
import type { Feature } from "./pipeline-feature.js";
import type { PipelineSupervised } from "./pipeline-target.js";

/**
 * What a model's file says of how it is to be used, in a pipeline's words: Eddy writes it into the files that it
 * trains (`metadata_props`: `eddy.features`, `eddy.targets`, `eddy.horizons`, `eddy.output`; of supervised
 * targets `eddy.features`, `eddy.target`, once `eddy.class`, `eddy.output`).
 */
export interface ModelWords {
  readonly features: readonly FullFeature[];
  readonly targets: readonly string[];
  readonly horizons: readonly number[];
  readonly output: "value" | "scaled" | "step" | "logits" | "probabilities";
  /** What a network tells instead of forecasting targets, with its classes or its vocabulary. */
  readonly target?: FullSupervisedTarget;
}

/** Reads what a model's file says; undefined where there is no such file, or it says nothing. */
export type ReadModelWords = (file: string) => ModelWords | undefined;

/** Features in the file's words, all said: what `Feature`s were made of. */
export function featureWords(features: readonly Feature[]): FullFeature[] {
  return features.map((feature): FullFeature => {
    if (feature.kind === "field") {
      const { field, scale, marksMissing } = feature;
      return { field, scale, ...(marksMissing ? { missing: "mark" } : {}) };
    }
    if (feature.kind === "difference") return { difference: feature.field, scale: feature.scale };
    if (feature.kind === "vector") return { vector: feature.field, size: feature.size, scale: feature.scale };
    if (feature.kind === "audio") return audioWords(feature);
    if (feature.kind === "symbol") {
      const { field, vocabulary } = feature;
      return { symbol: field, ...(vocabulary === undefined ? {} : { vocabulary: [...vocabulary] }) };
    }
    if (feature.kind === "symbols") {
      const { field, vocabulary } = feature;
      return { symbols: field, ...(vocabulary === undefined ? {} : { vocabulary: [...vocabulary] }) };
    }
    if (feature.kind === "text") {
      const { field, split, vocabulary } = feature;
      return { text: field, split, ...(vocabulary === undefined ? {} : { vocabulary: [...vocabulary] }) };
    }
    if (feature.kind === "lag") return { lag: feature.field, by: durationWords(feature.byMs) };
    return { calendar: feature.calendar, harmonics: feature.harmonics };
  });
}

/** A target in the file's words; how words are spotted, or texts searched for, is not the model's to say. */
export function targetWords(supervised: PipelineSupervised): object {
  const { field, at, pool, ahead } = supervised;
  if (supervised.kind === "text") {
    return { text: field, split: supervised.split, vocabulary: [...(supervised.vocabulary ?? [])] };
  }
  const common = { at, pool, ahead };
  if (supervised.kind === "class")
    return { class: field, ...common, classes: [...(supervised.classes ?? [])] };
  if (supervised.kind === "value") {
    return { value: field, ...common, ...(supervised.of === undefined ? {} : { of: supervised.of }) };
  }
  return { symbols: field, ...common, vocabulary: [...(supervised.vocabulary ?? [])] };
}

function audioWords(feature: Extract<Feature, { kind: "audio" }>): FullFeature {
  return {
    audio: feature.field,
    rate: feature.rateHz,
    as: feature.output,
    window: `${feature.windowMs}ms`,
    hop: `${feature.hopMs}ms`,
    filters: feature.filters,
    from: feature.lowHz,
    to: feature.highHz,
    cepstra: feature.cepstra,
    delta: feature.hasDelta,
    "pre-emphasis": feature.preEmphasis,
  };
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** In the longest unit of which it is a multiple. */
function durationWords(ms: number): string {
  const [unit, length] = UNITS.find(([, length]) => ms % length === 0) ?? (["ms", 1] as const);
  return `${ms / length}${unit}`;
}

/**
 * Reads the metadata of a model's file.
 *
 * @returns undefined when it isn't Eddy's, or of an Eddy that did not say its features
 * @throws SyntaxError when what stands there is no list of features, targets, horizons
 */
export function parseModelWords(metadata: Readonly<Record<string, string>>): ModelWords | undefined {
  const text = metadata["eddy.features"];
  if (text === undefined) return undefined;
  const features = featuresFormat.safeParse(json(text));
  const target = metadata["eddy.target"] ?? metadata["eddy.class"];
  if (target !== undefined) return supervisedWords(target, metadata["eddy.output"], features);
  const targets = json(metadata["eddy.targets"]);
  const horizons = json(metadata["eddy.horizons"]);
  const output = metadata["eddy.output"] ?? "step";
  if (
    !features.success ||
    !isListOf(targets, (one): one is string => typeof one === "string") ||
    !isListOf(horizons, (one): one is number => Number.isInteger(one) && (one as number) > 0) ||
    (output !== "value" && output !== "scaled" && output !== "step")
  ) {
    throw new SyntaxError(
      "its metadata eddy.features, eddy.targets, eddy.horizons, eddy.output can't be read",
    );
  }
  return { features: inFull(features.data), targets, horizons, output };
}

/** The same of a network of a supervised target. */
function supervisedWords(
  text: string,
  output = "logits",
  features: ReturnType<typeof featuresFormat.safeParse>,
): ModelWords {
  const { data: target } = targetFormat.safeParse(json(text));
  const isOwn = target !== undefined && typeof target !== "string" && !Array.isArray(target);
  const at = isOwn ? ("text" in target ? "end" : target.at) : undefined;
  const isComplete =
    isOwn &&
    (("class" in target && target.classes !== undefined) ||
      "value" in target ||
      (("symbols" in target || "text" in target) && target.vocabulary !== undefined));
  const fits =
    isOwn && ("value" in target ? output === "value" : output === "logits" || output === "probabilities");
  if (!features.success || !isComplete || at === undefined || !fits) {
    throw new SyntaxError("its metadata eddy.features, eddy.target, eddy.output can't be read");
  }
  return {
    features: inFull(features.data),
    targets: [],
    horizons: [1],
    output: output as ModelWords["output"],
    target: { ...target, at } as FullSupervisedTarget,
  };
}

function inFull(features: z.output<typeof featuresFormat>): FullFeature[] {
  return features.map(
    (feature): FullFeature => (typeof feature === "string" ? { field: feature, scale: "robust" } : feature),
  );
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}

function isListOf<T>(value: unknown, is: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.length > 0 && value.every(is);
}
