import type { MarkTopic } from "../codecs/index.js";
import type { MarkSource, PipelineSequence } from "../spec/index.js";

/** The field of a sample in which a mark stands: the event's own, or one that only messages on the mark's topic have. */
export function markField(mark: MarkSource): string {
  return typeof mark === "string" ? mark : `topic ${mark.topic}`;
}

/** The topics whose messages are nothing but marks of a sequence's begin or end. */
export function markTopics({ start, end }: PipelineSequence): MarkTopic[] {
  return [start, end].flatMap((mark) =>
    typeof mark === "object" ? [{ filter: mark.topic, field: markField(mark) }] : [],
  );
}
