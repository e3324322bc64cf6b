import { type Codec, codecOf, type FieldNeed, type SampleReader, sampleReader } from "../codecs/index.js";
import { parseKeyTemplate, type TimeReader, timeReader } from "../core/index.js";
import type { Feature, Pipeline } from "../spec/index.js";

/**
 * How a pipeline reads samples. From a recording, numbers in text count as numbers, and a time may lie
 * beyond what would be its arrival; in a test's payloads the second alone.
 */
export function makeReader(
  pipeline: Pipeline,
  from: "wire" | "recording" | "test" = "wire",
): { readonly codec: Codec; readonly reader: SampleReader; readonly times: TimeReader } {
  const { input } = pipeline;
  const times = timeReader({ unit: input.timeUnit, zone: input.zone });
  const reader = sampleReader({
    key: parseKeyTemplate(input.key),
    time: input.time,
    timeReader: times,
    fields: readingsOf(pipeline),
    id: input.id,
    maxAheadMs: from === "wire" ? input.maxAheadMs : Number.POSITIVE_INFINITY,
    maxBytes: input.maxBytes,
    numericText: from === "recording",
  });
  return { codec: codecOf(input.codec), reader, times };
}

/** The fields that every event of a pipeline must have. */
export function fieldsOf(pipeline: Pipeline): string[] {
  return readingsOf(pipeline).flatMap(({ field, isOptional }) => (isOptional ? [] : [field]));
}

/** What a pipeline reads of an event: of what stands twice the first counts. */
function readingsOf({ features, targets, sequence, classifier }: Pipeline): FieldNeed[] {
  const needs = [
    ...features.flatMap(needOf),
    ...targets.map((field): FieldNeed => ({ field, kind: "number" })),
    ...[sequence.start, sequence.end].flatMap((field): FieldNeed[] =>
      field === undefined ? [] : [{ field, kind: "mark", isOptional: true }],
    ),
    ...(classifier === undefined
      ? []
      : [{ field: classifier.field, kind: "label", isOptional: true } as const]),
  ];
  return [...new Map(needs.reverse().map((need) => [need.field, need])).values()].reverse();
}

function needOf(feature: Feature): FieldNeed[] {
  if (feature.kind === "calendar") return [];
  if (feature.kind === "vector") return [{ field: feature.field, kind: "vector", size: feature.size }];
  if (feature.kind === "symbol") return [{ field: feature.field, kind: "label" }];
  return [{ field: feature.field, kind: feature.kind === "audio" ? "signal" : "number" }];
}
