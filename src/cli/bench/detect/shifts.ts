import { ByteReader, ByteWriter, Rng } from "../../../core/index.js";
import { LevelCores, LevelDetector } from "../../../detection/index.js";
import type { Recorded } from "./labelled.js";

export interface ShiftOptions {
  /** Rows that are taken as usual. */
  readonly warmUp: number;
  /** Of the shift, in standard deviations of the signal over all rows. */
  readonly size: number;
  /** How often a shift is put in. */
  readonly times: number;
  /** Rows from the shift on in which it has to be found. */
  readonly within: number;
  /** Share of the undisturbed rows that may lie above the threshold. */
  readonly falseShare: number;
  readonly seed: number;
}

export interface ShiftResult {
  /** Share of the shifts that were found. */
  readonly recall: number;
  /** Strength above which so few undisturbed rows lie. */
  readonly threshold: number;
  /** Share of undisturbed rows above the detector's own threshold, and of shifts that were found by that. */
  readonly ownFalseShare: number;
  readonly ownRecall: number;
}

/**
 * Puts shifts of level into a recording, of one signal at a time and at a random place, and tells how many of them the level
 * detector finds at a threshold that few undisturbed rows exceed.
 */
export function measureShifts({ signals, times, rows }: Recorded, options: ShiftOptions): ShiftResult {
  const { warmUp, size, within, falseShare } = options;
  const cores = new LevelCores();
  const make = () => new LevelDetector({ signals, warmUp }, cores);
  const rng = new Rng(options.seed);
  const last = rows.length - within - 1;
  const places = Array.from({ length: options.times }, () => ({
    at: warmUp + 1 + Math.floor(rng.uniform() * (last - warmUp)),
    signal: Math.floor(rng.uniform() * signals.length),
    sign: rng.uniform() < 0.5 ? -1 : 1,
  })).sort((a, b) => a.at - b.at);
  const spreads = signals.map((_, j) => deviation(rows, j));

  const step = (detector: LevelDetector, values: Float64Array, i: number) =>
    detector.step({ values, time: times[i] ?? 0, count: i + 1, begins: i === 0 }) ?? 0;
  const shifted = (state: Uint8Array, { at, signal, sign }: (typeof places)[number]): number => {
    const detector = make();
    detector.read(new ByteReader(state, "level detector"));
    let most = 0;
    for (let i = at; i < at + within; i++) {
      const values = rows[i]!.slice();
      values[signal]! += sign * size * spreads[signal]!;
      most = Math.max(most, step(detector, values, i));
    }
    return most;
  };

  const detector = make();
  const undisturbed: number[] = [];
  const found: number[] = [];
  let next = 0;
  for (const [i, values] of rows.entries()) {
    if (places[next]?.at === i) {
      const to = new ByteWriter();
      detector.write(to);
      const state = to.finish();
      for (; places[next]?.at === i; next++) found.push(shifted(state, places[next]!));
    }
    const strength = step(detector, values, i);
    if (i >= warmUp) undisturbed.push(strength);
  }
  undisturbed.sort((a, b) => a - b);
  const threshold = undisturbed[Math.ceil((1 - falseShare) * undisturbed.length) - 1] ?? 0;
  const share = (of: readonly number[], above: number) => of.filter((one) => one > above).length / of.length;
  return {
    recall: share(found, threshold),
    threshold,
    ownFalseShare: share(undisturbed, 1),
    ownRecall: share(found, 1),
  };
}

function deviation(rows: readonly Float64Array[], j: number): number {
  const mean = rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length;
  return Math.sqrt(rows.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0) / rows.length);
}
