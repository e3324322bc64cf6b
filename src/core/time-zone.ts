import { problem } from "./problem.js";

/** Modern zones change their offset at quarter hours only, so one look-up serves a whole quarter. */
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
/** Quarters remembered before the memory starts anew: four months, 100 kB. */
const REMEMBERED_QUARTERS = 12_000;

/** What the clocks of one place show, from the platform's time zone database. */
export interface TimeZone {
  /** IANA name. */
  readonly name: string;
  /** Milliseconds to add to UTC to get what the clocks show. */
  offsetAt(utcMs: number): number;
  /**
   * The instant at which the clocks show `localMs` (written as if it were UTC).
   *
   * When the clocks are put back an hour comes twice: its first pass is meant, both times. When they are
   * put forward an hour is left out: a time within it is read by the offset before the change, so it
   * lands as far behind the change as it stood within the gap (RFC 5545, 3.3.5; Temporal's `compatible`).
   */
  toUtc(localMs: number): number;
}

/** @throws RangeError code `BAD_ZONE` when the platform knows no zone of that name */
export function timeZone(name: string): TimeZone {
  // Without asking the platform: to look up any place it loads megabytes.
  if (/^(?:UTC|Etc\/UTC)$/i.test(name)) return { name, offsetAt: () => 0, toUtc: (localMs) => localMs };
  const clock = clockOf(name);
  const offsetAt = perQuarter((utcMs) => shownAt(clock, utcMs) - utcMs);
  const offsetOfLocal = perQuarter((localMs) => {
    const before = offsetAt(localMs - DAY_MS);
    const after = offsetAt(localMs + DAY_MS);
    if (before === after || offsetAt(localMs - before) === before) return before;
    return offsetAt(localMs - after) === after ? after : before;
  });
  return { name, offsetAt, toUtc: (localMs) => localMs - offsetOfLocal(localMs) };
}

function clockOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw problem(RangeError, {
      code: "BAD_ZONE",
      action: "use time zone",
      on: JSON.stringify(name),
      expected: "an IANA name such as Europe/Berlin",
      found: JSON.stringify(name),
      cause,
    });
  }
}

/** What the clocks show at an instant (whole seconds), written as if it were UTC. */
function shownAt(clock: Intl.DateTimeFormat, utcMs: number): number {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of clock.formatToParts(utcMs)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Remembers a function of time by quarter hours; asks it at their beginnings. */
function perQuarter(lookUp: (ms: number) => number): (ms: number) => number {
  const known = new Map<number, number>();
  return (ms) => {
    const quarter = Math.floor(ms / QUARTER_MS);
    let offset = known.get(quarter);
    if (offset === undefined) {
      if (known.size >= REMEMBERED_QUARTERS) known.clear();
      offset = lookUp(quarter * QUARTER_MS);
      known.set(quarter, offset);
    }
    return offset;
  };
}
