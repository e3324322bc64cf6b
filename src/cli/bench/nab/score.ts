/** What a detection costs or brings, of NAB's application profiles. */
export interface Profile {
  readonly name: "standard" | "lowFP" | "lowFN";
  /** A window that was found, at its very beginning. */
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

export const PROFILES: readonly Profile[] = [
  { name: "standard", tp: 1, fp: 0.11, fn: 1 },
  { name: "lowFP", tp: 1, fp: 0.22, fn: 1 },
  { name: "lowFN", tp: 1, fp: 0.11, fn: 2 },
];

/** One file's rows: how sure a detector was, and where the anomalies are. */
export interface ScoredFile {
  /** In [0, 1] */
  readonly scores: Float64Array;
  /** Rows [first, last] of each window, both included, in order. */
  readonly windows: readonly (readonly [number, number])[];
}

/** A row that can be detected, and what that is worth. */
interface Point {
  readonly score: number;
  /** Unweighted: in (0, 1] within a window, in [-1, 0) outside. */
  readonly value: number;
  /** Counted through all files; -1: none. */
  readonly window: number;
}

/** Rows at the beginning in which nothing counts: NAB's probation, 15 % of the first 5,000. */
export function probation(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 0.15 * 5000);
}

/** NAB's scaled sigmoid: 1 well before 0, -1 well after it (Lavin and Ahmad 2015, equation 1). */
function sigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

/** What a detection at its very beginning is worth. */
const EARLIEST = sigmoid(-1);

/**
 * The Numenta Anomaly Benchmark's scores of a detector over a corpus, normalised so that a detector that says nothing has
 * 0 and a perfect one 100 (Lavin and Ahmad 2015, "Evaluating real-time anomaly detection algorithms"): a window
 * counts once, by its earliest detection, the earlier the better; a false positive costs up to `fp`, less just behind a
 * window.
 */
export class NabScores {
  /** By score, the largest first. */
  readonly #points: readonly Point[];
  readonly #windows: number;

  constructor(files: readonly ScoredFile[]) {
    let windows = 0;
    const points: Point[] = [];
    for (const file of files) {
      points.push(...pointsOf(file, windows));
      windows += file.windows.length;
    }
    this.#windows = windows;
    this.#points = points.sort((a, b) => b.score - a.score);
  }

  /**
   * What is scored when every row of at least this score counts as detected; NaN without windows, where a perfect
   * detector is one that says nothing.
   */
  at(threshold: number, profile: Profile): number {
    if (this.#windows === 0) return Number.NaN;
    let best = this.#sweep(profile, (point) => point.score >= threshold);
    if (best.length === 0) best = [{ threshold, score: 0 }];
    return best.at(-1)?.score ?? 0;
  }

  /** The threshold under which a profile's score is best; score NaN without windows. */
  best(profile: Profile): { readonly threshold: number; readonly score: number } {
    if (this.#windows === 0) return { threshold: Number.POSITIVE_INFINITY, score: Number.NaN };
    const none = { threshold: Number.POSITIVE_INFINITY, score: 0 };
    return this.#sweep(profile, () => true).reduce((a, b) => (b.score > a.score ? b : a), none);
  }

  /** False positives, windows found and windows at a threshold. */
  counts(threshold: number): {
    readonly falsePositives: number;
    readonly found: number;
    readonly windows: number;
  } {
    const detected = this.#points.filter(({ score }) => score >= threshold);
    return {
      falsePositives: detected.filter(({ window }) => window < 0).length,
      found: new Set(detected.map(({ window }) => window).filter((window) => window >= 0)).size,
      windows: this.#windows,
    };
  }

  /** Normalised scores at the thresholds that the points' scores are, descending. */
  #sweep(
    { tp, fp, fn }: Profile,
    isDetected: (point: Point) => boolean,
  ): { threshold: number; score: number }[] {
    const found = new Map<number, number>();
    const nothing = -fn * this.#windows;
    const perfect = tp * this.#windows;
    let raw = nothing;
    const scores: { threshold: number; score: number }[] = [];
    for (const [i, point] of this.#points.entries()) {
      if (!isDetected(point)) break;
      if (point.window < 0) raw += fp * point.value;
      else {
        const before = found.get(point.window) ?? -fn;
        const now = Math.max(before, (tp * point.value) / EARLIEST);
        raw += now - before;
        found.set(point.window, now);
      }
      if (this.#points[i + 1]?.score === point.score) continue;
      scores.push({ threshold: point.score, score: (100 * (raw - nothing)) / (perfect - nothing) });
    }
    return scores;
  }
}

function pointsOf({ scores, windows }: ScoredFile, firstWindow: number): Point[] {
  const points: Point[] = [];
  const from = probation(scores.length);
  let next = 0;
  let before: { readonly last: number; readonly width: number } | undefined;
  for (const [row, score] of scores.entries()) {
    const window = windows[next];
    const isInside = window !== undefined && row >= window[0];
    const value = isInside
      ? sigmoid(-(window[1] - row + 1) / (window[1] - window[0] + 1))
      : before === undefined
        ? -1
        : sigmoid((row - before.last) / (before.width - 1));
    if (row >= from) points.push({ score, value, window: isInside ? firstWindow + next : -1 });
    if (window === undefined || row < window[1]) continue;
    before = { last: window[1], width: window[1] - window[0] + 1 };
    next++;
  }
  return points;
}
