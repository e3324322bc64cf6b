import type { Label } from "../core/index.js";
import { DOUBT } from "../training/index.js";

/**
 * Of an alert that stays open only the first events are left out of training, and some more judge nobody: what lasts
 * longer is what there is to learn, a machine in another gear. An apprentice that learned a fault is judged by what
 * comes after it.
 */
const ALERTED = { learning: 12, judging: 48 };

/**
 * How doubtful a value is under an alert.
 *
 * @param alerted events in a row at which an alert was open, this one included
 * @returns `DOUBT`
 */
export function doubtUnderAlert(alerted: number): number {
  if (alerted === 0 || alerted > ALERTED.judging) return DOUBT.none;
  return alerted <= ALERTED.learning ? DOUBT.learning : DOUBT.judging;
}

/**
 * How doubtful a value is once somebody has said what a stretch was.
 *
 * @param time  the value's event time, ms
 * @param doubt that it had before
 */
export function doubtUnderLabel({ label, from, to }: Label, time: number, doubt: number): number {
  // What was normal before teaches nothing of what is normal now.
  if (label === "normal-from-here" && time < from) return DOUBT.learning;
  if (time < from || time > to) return doubt;
  return label === "missed" ? DOUBT.learning : DOUBT.none;
}
