import { type Codec, codecOf, type SampleReader, sampleReader } from "../codecs/index.js";
import { parseKeyTemplate, type TimeReader, timeReader } from "../core/index.js";
import type { Pipeline } from "../spec/index.js";

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
    fields: fieldsOf(pipeline),
    id: input.id,
    maxAheadMs: from === "wire" ? input.maxAheadMs : Number.POSITIVE_INFINITY,
    maxBytes: input.maxBytes,
    numericText: from === "recording",
  });
  return { codec: codecOf(input.codec), reader, times };
}

/** The fields that a pipeline takes numbers from. */
export function fieldsOf({ features, targets }: Pipeline): string[] {
  const read = features.flatMap((feature) => (feature.kind === "calendar" ? [] : [feature.field]));
  return [...new Set([...read, ...targets])];
}
