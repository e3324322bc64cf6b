import { cos, sin } from "../core/index.js";
import type { Calendar } from "./feature.js";

const TAU = 6.283185307179586;
const DAY_MS = 86_400_000;
const CYCLE_MS: Readonly<Record<Calendar, number>> = {
  "hour-of-day": DAY_MS,
  "day-of-week": 7 * DAY_MS,
  "day-of-year": 365.2425 * DAY_MS,
};
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const WEEK_OFFSET_MS = 3 * DAY_MS;

/** Writes sine and cosine of the place of a local time in a cycle to `input[first]` and `input[first + 1]`. */
export function calendarInto(input: Float64Array, first: number, calendar: Calendar, localMs: number): void {
  const cycle = CYCLE_MS[calendar];
  const ms = calendar === "day-of-week" ? localMs + WEEK_OFFSET_MS : localMs;
  const phase = (TAU * (((ms % cycle) + cycle) % cycle)) / cycle;
  input[first] = sin(phase);
  input[first + 1] = cos(phase);
}
