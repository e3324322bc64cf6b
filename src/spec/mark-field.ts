import type { MarkSource } from "./pipeline.js";

/**
 * The field of a sample in which a mark stands: the event's own, or one that only messages on the mark's topic have
 * (lint rule `MARK_TOPIC_FIELD`).
 */
export function markField(mark: MarkSource): string {
  return typeof mark === "string" ? mark : `topic ${mark.topic}`;
}
