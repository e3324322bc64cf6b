import type { StreamEvent } from "../core/index.js";

/** What to do with events that come faster than they can be stepped and stored. */
export type OverloadPolicy = "back-pressure" | "drop-oldest" | "sample" | "coalesce";

/** Packets that wait behind a batch when a policy other than back-pressure sets in; the window is four times that. */
export const OVERLOADED_AT = 1024;

/** One of so many events of a key is kept by `sample`. */
const SAMPLED = 4;

/**
 * Leaves events out of a batch behind which too many wait; their packets are acknowledged all the same.
 *
 * - `drop-oldest`: all of it: those that wait are newer
 * - `sample`: of each key's events every fourth stays, the last of each four
 * - `coalesce`: of each key's events the last stays
 *
 * @param waiting packets that have come behind this batch
 */
export function shedLoad(
  policy: OverloadPolicy,
  events: readonly StreamEvent[],
  waiting: number,
): readonly StreamEvent[] {
  if (policy === "back-pressure" || waiting < OVERLOADED_AT) return events;
  if (policy === "drop-oldest") return [];
  const every = policy === "sample" ? SAMPLED : Number.POSITIVE_INFINITY;
  const left = new Map<string, number>();
  const kept: StreamEvent[] = [];
  // From the newest, so that what stays is the newest of its group.
  for (const event of events.toReversed()) {
    const behind = left.get(event.sample.key) ?? 0;
    if (behind % every === 0) kept.push(event);
    left.set(event.sample.key, behind + 1);
  }
  return kept.reverse();
}
