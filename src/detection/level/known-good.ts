import { decompose, substitute } from "../../core/index.js";
import { cap } from "./charts.js";
import type { LevelCore } from "./level-core.js";
import { LevelFeatures } from "./level-features.js";

const PENALTY = 10;
/** Rows until the core has settled. */
const SETTLING = 50;
const FOLDS = 4;
/** A signal that is foretold exactly is not to be scaled up without end. */
const LEAST_SD = 0.3;

/** What was learned from rows that are known to be good. */
export interface KnownGood {
  /** [d] location, and spread with what the warm-up's own drift adds. */
  readonly location: Float64Array;
  readonly spread: Float64Array;
  /** [d] How far the last quarter lies from the first, in standard deviations. */
  readonly drift: Float64Array;
  /** [d, features] */
  readonly weights: Float64Array;
  /** [d] 1 / (sd of held-out errors + 0.3) */
  readonly gain: Float64Array;
}

/**
 * Learns from known good rows: scales, a ridge regression that foretells the next row, and from the errors on rows
 * that were held out (four contiguous folds) how large errors usually are.
 *
 * @param rows w rows of d values
 * @returns what was learned, and the errors on held-out rows in usual errors
 */
export function learnKnownGood(
  rows: readonly Float64Array[],
  core: LevelCore,
): { readonly known: KnownGood; readonly heldOut: readonly Float64Array[] } {
  const { location, spread, drift } = scales(rows);
  const d = location.length;
  const features = new LevelFeatures(core, d);
  const n = features.size;
  const grams = Array.from({ length: FOLDS }, () => new Float64Array(n * n));
  const moments = Array.from({ length: FOLDS }, () => new Float64Array(n * d));
  const seen: { readonly g: Float64Array; readonly next: Float64Array; readonly fold: number }[] = [];
  const scaled = rows.map((row) => scale(row, location, spread));
  const usable = Math.max(1, rows.length - 1 - SETTLING);
  for (let t = 0; t + 1 < rows.length; t++) {
    const g = features.step(scaled[t]!);
    if (t < SETTLING) continue;
    const fold = Math.min(FOLDS - 1, Math.floor(((t - SETTLING) * FOLDS) / usable));
    const next = scaled[t + 1]!;
    accumulate(grams[fold]!, moments[fold]!, g, next);
    seen.push({ g: g.slice(), next, fold });
  }
  const weights = solve(grams, moments, -1, n, d);
  const byFold = Array.from({ length: FOLDS }, (_, fold) => solve(grams, moments, fold, n, d));
  const residuals = seen.map(({ g, next, fold }) => residual(byFold[fold]!, g, next));
  const gain = Float64Array.from({ length: d }, (_, j) => {
    const mean = residuals.reduce((sum, r) => sum + r[j]!, 0) / residuals.length;
    const variance =
      residuals.reduce((sum, r) => sum + (r[j]! - mean) * (r[j]! - mean), 0) / residuals.length;
    return 1 / (Math.sqrt(variance) + LEAST_SD);
  });
  const heldOut = residuals.map((r) => r.map((value, j) => gain[j]! * value));
  return { known: { location, spread, drift, weights, gain }, heldOut };
}

/** What came less what was foretold: next - W g. */
export function residual(weights: Float64Array, g: Float64Array, next: Float64Array): Float64Array {
  const n = g.length;
  return next.map((value, j) => {
    let foretold = 0;
    for (let i = 0; i < n; i++) foretold += weights[j * n + i]! * g[i]!;
    return value - foretold;
  });
}

export function scale(row: Float64Array, location: Float64Array, spread: Float64Array): Float64Array {
  return row.map((x, j) => cap((x - location[j]!) / spread[j]!, 30));
}

/** Location, spread and drift of each signal, over rows that are known to be good. */
export function scales(rows: readonly Float64Array[]): Pick<KnownGood, "location" | "spread" | "drift"> {
  const d = rows[0]?.length ?? 0;
  const meanOf = (part: readonly Float64Array[], j: number) =>
    part.reduce((sum, row) => sum + row[j]!, 0) / part.length;
  const quarter = Math.max(1, rows.length >> 2);
  const location = new Float64Array(d);
  const spread = new Float64Array(d);
  const drift = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    const mean = meanOf(rows, j);
    const variance = rows.reduce((sum, row) => sum + (row[j]! - mean) * (row[j]! - mean), 0) / rows.length;
    const deviation = Math.sqrt(variance);
    const sd = deviation < 1e-9 ? 1 : deviation;
    location[j] = mean;
    drift[j] = Math.abs(meanOf(rows.slice(-quarter), j) - meanOf(rows.slice(0, quarter), j)) / sd;
    spread[j] = sd * (1 + drift[j]!);
  }
  return { location, spread, drift };
}

function accumulate(gram: Float64Array, moment: Float64Array, g: Float64Array, next: Float64Array): void {
  const n = g.length;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) gram[i * n + k]! += g[i]! * g[k]!;
    for (let j = 0; j < next.length; j++) moment[j * n + i]! += g[i]! * next[j]!;
  }
}

/** [d, n] ridge weights from all folds but one; -1: from all. */
function solve(
  grams: readonly Float64Array[],
  moments: readonly Float64Array[],
  without: number,
  n: number,
  d: number,
): Float64Array {
  const gram = new Float64Array(n * n);
  const moment = new Float64Array(n * d);
  for (let fold = 0; fold < grams.length; fold++) {
    if (fold === without) continue;
    for (let i = 0; i < gram.length; i++) gram[i]! += grams[fold]![i]!;
    for (let i = 0; i < moment.length; i++) moment[i]! += moments[fold]![i]!;
  }
  for (let i = 0; i < n; i++) gram[i * n + i]! += PENALTY;
  decompose(gram, n);
  const weights = new Float64Array(n * d);
  for (let j = 0; j < d; j++) weights.set(substitute(gram, moment.slice(j * n, (j + 1) * n)), j * n);
  return weights;
}
