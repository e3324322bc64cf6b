import { ERROR_CAP } from "./gate.js";

/** A standstill is one that lasts so many times as long as any in nine tenths of the history... */
const TIMES = 3;
/** ...and at least so many steps. */
export const STANDSTILL = 12;

/**
 * Makes targets unknown where they teach what should not be learned: where a value moved by more than eight
 * usual steps, and where a sensor stands still for far longer than it usually does.
 *
 * @param wanted [T, targets] in usual steps, changed in place
 * @param y      [T, targets]
 */
export function leaveOut(wanted: Float64Array, y: Float64Array, targets: number): Float64Array {
  for (let i = 0; i < wanted.length; i++) if (Math.abs(wanted[i]!) > ERROR_CAP) wanted[i] = Number.NaN;
  return leaveOutStandstills(wanted, y, targets);
}

/** Makes targets unknown where a sensor stands still for far longer than it usually does; see `leaveOut`. */
export function leaveOutStandstills(wanted: Float64Array, y: Float64Array, targets: number): Float64Array {
  for (let j = 0; j < targets; j++) {
    const runs = standstills(y, targets, j);
    const usual = runs.map(({ length }) => length).sort((a, b) => a - b)[Math.floor(0.9 * runs.length)] ?? 1;
    for (const { from, length } of runs) {
      if (length < Math.max(STANDSTILL, TIMES * usual)) continue;
      for (let t = from; t < from + length; t++) wanted[t * targets + j] = Number.NaN;
    }
  }
  return wanted;
}

/** Stretches of one and the same value, also of length 1. */
function standstills(y: Float64Array, targets: number, j: number): { from: number; length: number }[] {
  const runs: { from: number; length: number }[] = [];
  const T = y.length / targets;
  for (let t = 0, from = 0; t < T; t++) {
    if (t + 1 < T && y[(t + 1) * targets + j] === y[t * targets + j]) continue;
    runs.push({ from, length: t + 1 - from });
    from = t + 1;
  }
  return runs;
}
