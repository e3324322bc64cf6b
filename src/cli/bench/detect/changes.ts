import { LevelCores, LevelDetector } from "../../../detection/index.js";
import type { Labelled } from "./labelled.js";

/** How well places where something changed were told, over one file or several. */
export interface ChangeResult {
  /** Places where something changed, and those of them that an event told. */
  readonly points: number;
  readonly hit: number;
  /** Events, and those of them that told none. */
  readonly events: number;
  readonly falseEvents: number;
}

/** Rows after the warm-up at which the level detector says that the level has changed. */
export function changeEvents({ signals, times, rows }: Labelled, warmUp: number): number[] {
  const detector = new LevelDetector({ signals, warmUp }, new LevelCores());
  return rows.flatMap((values, i) => {
    detector.step({ values, time: times[i] ?? 0, count: i + 1, begins: i === 0 });
    return detector.hasChanged ? [i] : [];
  });
}

/** As many events at equal distances, which know nothing. */
export function clockEvents(count: number, from: number, to: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(from + ((i + 0.5) * (to - from)) / count));
}

/**
 * Compares events with places where something changed: the first event within so many rows from a place on tells it, and
 * tells no other; an event that tells none is false.
 */
export function matchChanges(
  events: readonly number[],
  points: readonly number[],
  within: number,
): ChangeResult {
  const left = new Set(events);
  let hit = 0;
  for (const point of points) {
    const event = events.find((at) => left.has(at) && at >= point && at <= point + within);
    if (event === undefined) continue;
    left.delete(event);
    hit++;
  }
  return { points: points.length, hit, events: events.length, falseEvents: left.size };
}

export function sumChanges(results: readonly ChangeResult[]): ChangeResult {
  const sum = (of: (one: ChangeResult) => number) => results.reduce((all, one) => all + of(one), 0);
  return {
    points: sum(({ points }) => points),
    hit: sum(({ hit }) => hit),
    events: sum(({ events }) => events),
    falseEvents: sum(({ falseEvents }) => falseEvents),
  };
}
