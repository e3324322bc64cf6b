import type { z } from "zod";
import { featuresFormat, targetFormat } from "./format-model.js";
import type { FullFeature } from "./full-document.js";
import type { Feature } from "./pipeline.js";

/**
 * What a model's file says of how it is to be used, in a pipeline's words: Eddy writes it into the files that it
 * trains (`metadata_props`: `eddy.features`, `eddy.targets`, `eddy.horizons`, `eddy.output`; of classifiers
 * `eddy.features`, `eddy.class`, `eddy.output`).
 */
export interface ModelWords {
  readonly features: readonly FullFeature[];
  readonly targets: readonly string[];
  readonly horizons: readonly number[];
  readonly output: "value" | "scaled" | "step" | "logits" | "probabilities";
  /** What a network names instead of forecasting targets. */
  readonly class?: {
    readonly class: string;
    readonly at: "end" | "step";
    readonly pool: "last" | "mean";
    readonly ahead: number;
    readonly classes: readonly string[];
  };
}

/** Reads what a model's file says; undefined where there is no such file, or it says nothing. */
export type ReadModelWords = (file: string) => ModelWords | undefined;

/** Features in the file's words, all said: what `Feature`s were made of. */
export function featureWords(features: readonly Feature[]): FullFeature[] {
  return features.map((feature): FullFeature => {
    if (feature.kind === "field") return { field: feature.field, scale: feature.scale };
    if (feature.kind === "difference") return { difference: feature.field, scale: feature.scale };
    if (feature.kind === "vector") return { vector: feature.field, size: feature.size, scale: feature.scale };
    if (feature.kind === "audio") return audioWords(feature);
    if (feature.kind === "symbol") {
      const { field, vocabulary } = feature;
      return { symbol: field, ...(vocabulary === undefined ? {} : { vocabulary: [...vocabulary] }) };
    }
    if (feature.kind === "lag") return { lag: feature.field, by: durationWords(feature.byMs) };
    return { calendar: feature.calendar, harmonics: feature.harmonics };
  });
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
  if (metadata["eddy.class"] !== undefined) return classWords(metadata, features);
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

/** The same of a network that names classes. */
function classWords(
  metadata: Readonly<Record<string, string>>,
  features: ReturnType<typeof featuresFormat.safeParse>,
): ModelWords {
  const target = targetFormat.safeParse(json(metadata["eddy.class"]));
  const output = metadata["eddy.output"] ?? "logits";
  const own = target.data;
  if (
    !features.success ||
    own === undefined ||
    typeof own === "string" ||
    Array.isArray(own) ||
    own.at === undefined ||
    own.classes === undefined ||
    (output !== "logits" && output !== "probabilities")
  ) {
    throw new SyntaxError("its metadata eddy.features, eddy.class, eddy.output can't be read");
  }
  const { class: field, at, pool, ahead, classes } = own;
  return {
    features: inFull(features.data),
    targets: [],
    horizons: [1],
    output,
    class: { class: field, at, pool, ahead, classes },
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
