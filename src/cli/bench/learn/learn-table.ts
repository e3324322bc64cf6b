import { table } from "../../table.js";
import type { Figures, Measure } from "./measures.js";
import type { NoiseRun } from "./noise-run.js";

/** A figure over the seeds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function summarizeFigures(all: readonly Figures[]): Readonly<Record<string, Spread>> {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, spread(all.map((figures) => figures[name] ?? Number.NaN))]),
  );
}

function spread(values: readonly number[]): Spread {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median: median ?? Number.NaN, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** What all streams of one kind of noise brought into service. */
export interface NoiseSummary {
  readonly kind: NoiseRun["kind"];
  readonly runs: number;
  readonly candidates: number;
  readonly promoted: number;
  readonly worse: number;
  readonly retired: number;
  /** Of the promoted, on fresh data. */
  readonly gain: Spread;
}

export function summarizeNoise(kind: NoiseRun["kind"], runs: readonly NoiseRun[]): NoiseSummary {
  const sum = (of: (run: NoiseRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    kind,
    runs: runs.length,
    candidates: sum(({ candidates }) => candidates),
    promoted: sum(({ promoted }) => promoted),
    worse: sum(({ worse }) => worse),
    retired: sum(({ retired }) => retired),
    gain: spread(runs.flatMap(({ gains }) => gains)),
  };
}

/** The measurements, median and range of the seeds, each beside its goal; then noise. */
export function learnTable(
  results: readonly { readonly measure: Measure; readonly figures: readonly Figures[] }[],
  noise: readonly NoiseSummary[],
): string {
  const rows = results.map(({ measure: { words, goal }, figures }) => {
    const own = summarizeFigures(figures);
    const { median, least, most } = own[goal.figure]!;
    const rest = Object.entries(own).filter(([name]) => name !== goal.figure);
    return {
      row: [
        words,
        short(median),
        `${short(least)} to ${short(most)}`,
        `at most ${goal.most}`,
        verdict(most, median, goal.most),
      ],
      rest: rest.map(
        ([name, { median, least, most }]) => `${name} ${short(median)} (${short(least)} to ${short(most)})`,
      ),
    };
  });
  const head = ["median over the seeds", "median", "range", "goal", ""];
  const noiseHead = ["on noise", "candidates", "promoted", "truly worse", "retired", "gain on fresh data"];
  const noiseRows = noise.map(({ kind, candidates, promoted, worse, retired, gain }) => [
    kind,
    ...[candidates, promoted, worse, retired].map(String),
    promoted === 0 ? "-" : `${short(gain.median)} (${short(gain.least)} to ${short(gain.most)})`,
  ]);
  return [
    ...(rows.length === 0 ? [] : [table([head, ...rows.map(({ row }) => row)]), ""]),
    ...rows.flatMap(({ row, rest }) => [`${row[0]}:`, `  ${rest.join(", ")}`]),
    ...(noiseRows.length === 0 ? [] : ["", table([noiseHead, ...noiseRows])]),
  ].join("\n");
}

function verdict(most: number, median: number, goal: number): string {
  if (most <= goal) return "reached by all";
  return median <= goal ? "reached by the median" : "missed";
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
