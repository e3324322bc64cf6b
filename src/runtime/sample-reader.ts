import { type Codec, codecOf, type FieldNeed, type SampleReader, sampleReader } from "../codecs/index.js";
import { parseKeyTemplate, type TimeReader, timeReader } from "../core/index.js";
import type { Feature, Pipeline, PipelineSupervised } from "../spec/index.js";
import { markTopics } from "./mark-topics.js";

/** How samples are read. */
export interface SampleReading {
  readonly codec: Codec;
  readonly reader: SampleReader;
  readonly times: TimeReader;
}

/**
 * How a pipeline reads samples. From a recording, numbers in text count as numbers, and a time may lie
 * beyond what would be its arrival; in a test's payloads the second alone.
 */
export function makeReader(pipeline: Pipeline, from: "wire" | "recording" | "test" = "wire"): SampleReading {
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
    marks: markTopics(pipeline.sequence),
  });
  return { codec: codecOf(input.codec), reader, times };
}

/** The fields that every event of a pipeline must have. */
export function fieldsOf(pipeline: Pipeline): string[] {
  return readingsOf(pipeline).flatMap(({ field, isOptional }) => (isOptional ? [] : [field]));
}

/** What a pipeline reads of an event: of what stands twice the first says how, and it is optional if it always is. */
function readingsOf({ features, targets, sequence, supervised }: Pipeline): FieldNeed[] {
  const needs = [
    ...features.flatMap(needOf),
    ...targets.map((field): FieldNeed => ({ field, kind: "number" })),
    ...[sequence.start, sequence.end].flatMap((field): FieldNeed[] =>
      typeof field !== "string" ? [] : [{ field, kind: "mark", isOptional: true }],
    ),
    ...(supervised === undefined ? [] : targetNeeds(supervised)),
  ];
  const first = new Map<string, FieldNeed>();
  for (const need of needs) {
    const known = first.get(need.field);
    const isOptional = need.isOptional === true && (known === undefined || known.isOptional === true);
    const { isOptional: _, ...how } = known ?? need;
    first.set(need.field, isOptional ? { ...how, isOptional } : how);
  }
  return [...first.values()];
}

function needOf(feature: Feature): FieldNeed[] {
  if (feature.kind === "calendar") return [];
  const { field } = feature;
  if (feature.kind === "vector") return [{ field, kind: "vector", size: feature.size }];
  if (feature.kind === "symbol" || feature.kind === "text") return [{ field, kind: "label" }];
  if (feature.kind === "symbols") return [{ field, kind: "labels" }];
  if (feature.kind === "field" && feature.marksMissing) return [{ field, kind: "number", isOptional: true }];
  return [{ field, kind: feature.kind === "audio" ? "signal" : "number" }];
}

const TOLD_BY = { class: "label", value: "number", symbols: "labels", text: "label" } as const;

/** What tells a supervised target: never needed live. */
function targetNeeds(supervised: PipelineSupervised): FieldNeed[] {
  const { kind, field } = supervised;
  const own = { field, kind: TOLD_BY[kind], isOptional: true };
  if (kind !== "value" || supervised.of === undefined) return [own];
  return [own, { field: supervised.of, kind: "number", isOptional: true }];
}
