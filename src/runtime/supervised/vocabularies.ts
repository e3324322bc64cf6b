import { splitText, type TextSplit, type Value } from "../../core/index.js";
import type { Feature, Pipeline } from "../../spec/index.js";
import { recordedRows } from "../recording.js";
import { makeReader } from "../sample-reader.js";

/**
 * A pipeline whose symbols have vocabularies: of those that say none, all symbols of a recording, in the order of their
 * letters.
 */
export async function withVocabularies(pipeline: Pipeline, input: string): Promise<Pipeline> {
  const fields = pipeline.features.flatMap((feature) => (lacksVocabulary(feature) ? [feature.field] : []));
  if (fields.length === 0) return pipeline;
  const found = new Map(fields.map((field) => [field, new Set<string>()]));
  const splits = new Map(
    pipeline.features.flatMap((feature) =>
      feature.kind === "text" ? [[feature.field, feature.split] as const] : [],
    ),
  );
  for await (const group of recordedRows(input, makeReader(pipeline, "recording").reader)) {
    for (const { outcome } of group) {
      if (!("sample" in outcome)) continue;
      for (const [field, symbols] of found) {
        const value = outcome.sample.values[field];
        for (const symbol of symbolsOf(value, splits.get(field))) symbols.add(symbol);
      }
    }
  }
  const features = pipeline.features.map(
    (feature): Feature =>
      lacksVocabulary(feature)
        ? { ...feature, vocabulary: inOrder(found.get(feature.field) ?? []) }
        : feature,
  );
  return { ...pipeline, features };
}

/** @param split of a text */
function symbolsOf(value: Value | undefined, split: TextSplit | undefined): readonly string[] {
  if (split !== undefined) return splitText(String(value), split);
  return Array.isArray(value) ? value : [String(value)];
}

type Symbolic = Extract<Feature, { readonly kind: "symbol" | "symbols" | "text" }>;

function lacksVocabulary(feature: Feature): feature is Symbolic {
  const isSymbolic = feature.kind === "symbol" || feature.kind === "symbols" || feature.kind === "text";
  return isSymbolic && feature.vocabulary === undefined;
}

/** Names, each once, by their letters. */
function inOrder(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

/** The same of classes: numbers in their order. */
export function numbersFirst(names: Iterable<string>): string[] {
  return [...new Set(names)].sort((a, b) => {
    const [x, y] = [Number(a), Number(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    return a < b ? -1 : 1;
  });
}
