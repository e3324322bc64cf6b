import type { MarkTopic } from "../codecs/index.js";
import { markField, type PipelineSequence } from "../spec/index.js";

/** The topics whose messages are nothing but marks of a sequence's begin or end. */
export function markTopics({ start, end }: PipelineSequence): MarkTopic[] {
  return [start, end].flatMap((mark) =>
    typeof mark === "object" ? [{ filter: mark.topic, field: markField(mark) }] : [],
  );
}
