import { problem } from "./problem.js";
import { timeZone } from "./time-zone.js";

/** How an event time was written. */
export type TimeForm = "iso8601" | "s" | "ms";

export interface TimeReaderOptions {
  /** `auto`, the default, tells the forms apart value by value: see `TimeReader`. */
  readonly unit?: "auto" | TimeForm | undefined;
  /** IANA name of the zone of times that name none; default UTC. */
  readonly zone?: string | undefined;
}

/**
 * Reads event times.
 *
 * - ISO 8601 text, extended or basic: a date, or date, `T` or a space, and time, with or without
 *   seconds, a fraction, and `Z` or an offset. A date alone is its midnight; `24:00` is the next day's;
 *   second 60 is the next minute's first. A time without an offset is in the reader's zone, where hours
 *   that clocks repeat or leave out are read as `TimeZone.toUtc` says.
 * - Numbers, or text with a number, since 1970-01-01T00:00Z: below 1e11 in magnitude they are seconds (to
 *   the year 5138), else milliseconds (from 1973).
 * - A `Date`.
 *
 * The result is rounded to whole milliseconds. It depends on nothing but the value and the options, so a
 * recording reads the same from wherever it is begun.
 */
export interface TimeReader {
  /**
   * @returns milliseconds since 1970-01-01T00:00Z, within the years 1900 to 2200
   * @throws SyntaxError code `BAD_TIME`
   */
  read(value: unknown): number;
  /** The form of the value read last; undefined before the first. */
  readonly recognised: TimeForm | undefined;
}

const EARLIEST_MS = Date.UTC(1900, 0, 1);
const END_MS = Date.UTC(2201, 0, 1);
const SECONDS_BELOW = 1e11;

const ISO_8601 = new RegExp(
  String.raw`^(?<year>\d{4})(?<dash>-?)(?<month>\d\d)\k<dash>(?<day>\d\d)` +
    String.raw`(?:[T ](?<hour>\d\d):?(?<minute>\d\d)(?::?(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?` +
    String.raw`\s?(?:(?<utc>Z)|(?<sign>[+-])(?<hours>\d\d)(?::?(?<minutes>\d\d))?)?)?$`,
  "i",
);
const NUMBER = /^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i;

/** @throws RangeError code `BAD_ZONE` */
export function timeReader(options: TimeReaderOptions = {}): TimeReader {
  const { unit = "auto", zone: zoneName = "UTC" } = options;
  const zone = timeZone(zoneName);
  let recognised: TimeForm | undefined;

  const take = (value: unknown, ms: number | undefined, form: TimeForm): number => {
    if (ms === undefined || !(ms >= EARLIEST_MS && ms < END_MS)) throw badTime(value, unit);
    recognised = form;
    return ms;
  };
  const readNumber = (value: unknown, count: number): number => {
    if (unit === "iso8601") throw badTime(value, unit);
    const form = unit === "auto" ? (Math.abs(count) < SECONDS_BELOW ? "s" : "ms") : unit;
    return take(value, Math.round(form === "s" ? count * 1000 : count), form);
  };

  return {
    get recognised() {
      return recognised;
    },
    read(value) {
      if (typeof value === "number" || typeof value === "bigint") return readNumber(value, Number(value));
      if (value instanceof Date) return take(value, Math.round(value.getTime()), "iso8601");
      if (typeof value !== "string") throw badTime(value, unit);
      const text = value.trim();
      if (unit === "auto" || unit === "iso8601") {
        const common = readCommon(text);
        if (common !== undefined) return take(value, zone.toUtc(common), "iso8601");
        const iso = ISO_8601.exec(text);
        if (iso) return take(value, fromIso(iso, zone.toUtc), "iso8601");
      }
      if (NUMBER.test(text)) return readNumber(value, Number(text));
      throw badTime(value, unit);
    },
  };
}

/** Milliseconds as ISO 8601, UTC, with milliseconds: `2024-05-01T12:00:00.000Z`. */
export function formatTime(ms: number): string {
  const [second, rest] = timeTexts(ms);
  return second + rest;
}

/** The same in two pieces, for those who lay texts side by side themselves: `2024-05-01T12:00:00`, `.000Z`. */
export function timeTexts(ms: number): readonly [second: string, rest: string] {
  const whole = Math.trunc(ms);
  const second = Math.floor(whole / 1000);
  if (second !== written.second) {
    // Up to the milliseconds, whatever the year.
    written = { second, text: new Date(1000 * second).toISOString().slice(0, -5) };
  }
  return [written.text, MILLISECONDS[whole - 1000 * second]!];
}

/** .000Z to .999Z */
const MILLISECONDS = Array.from({ length: 1000 }, (_, ms) => `.${String(ms).padStart(3, "0")}Z`);

/** Events come in order, many of a second. */
let written = { second: Number.NaN, text: "" };

/** The fast way for what most recordings hold: `YYYY-MM-DD HH:MM:SS`, or with a T; else undefined. */
function readCommon(text: string): number | undefined {
  if (text.length !== 19) return undefined;
  if (text[4] !== "-" || text[7] !== "-" || text[13] !== ":" || text[16] !== ":") return undefined;
  if (text[10] !== " " && text[10] !== "T") return undefined;
  return instant(
    100 * twoDigits(text, 0) + twoDigits(text, 2),
    twoDigits(text, 5),
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
  );
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

function fromIso(parts: RegExpExecArray, toUtc: (localMs: number) => number): number | undefined {
  const part = (name: string): number => Number(parts.groups?.[name] ?? 0);
  const { sign, utc, fraction = "0" } = parts.groups ?? {};
  const whole = instant(
    part("year"),
    part("month"),
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  if (whole === undefined || part("hours") > 23 || part("minutes") > 59) return undefined;
  const shown = whole + Math.round(Number(`0.${fraction}`) * 1000);
  if (utc !== undefined) return shown;
  if (sign === undefined) return toUtc(shown);
  const offset = 60_000 * (60 * part("hours") + part("minutes"));
  return sign === "-" ? shown + offset : shown - offset;
}

/** Milliseconds of a date and a time of day as if in UTC; undefined when there is no such day or time. */
function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  const isTime = hour <= 23 && minute <= 59 && second <= 60;
  const isEndOfDay = hour === 24 && minute === 0 && second === 0;
  return isDay && (isTime || isEndOfDay) ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const EXPECTED = {
  auto: "ISO 8601, or seconds or milliseconds since 1970",
  iso8601: "ISO 8601",
  s: "seconds since 1970",
  ms: "milliseconds since 1970",
};

function badTime(value: unknown, unit: keyof typeof EXPECTED): SyntaxError & { code: string } {
  const found = describe(value);
  return problem(SyntaxError, {
    code: "BAD_TIME",
    action: "read event time",
    on: found,
    expected: `${EXPECTED[unit]}, within the years 1900 to 2200`,
    found,
  });
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value === "number" || typeof value === "bigint") return String(value).slice(0, 60);
  return value === null ? "null" : typeof value;
}
