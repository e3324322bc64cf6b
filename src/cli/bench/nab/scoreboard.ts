import { byProfile, type ProfileScores, type SeedResult } from "./bench-nab.js";
import { PROFILES } from "./score.js";

/** NAB's own results (README and results/final_results.json of github.com/numenta/NAB), each at its best thresholds. */
const PUBLISHED: readonly (ProfileScores & { readonly name: string })[] = [
  { name: "ARTime", standard: 74.9, lowFP: 65.2, lowFN: 80.4 },
  { name: "Numenta HTM", standard: 70.5, lowFP: 62.6, lowFN: 75.2 },
  { name: "CAD OSE", standard: 69.9, lowFP: 67.0, lowFN: 73.2 },
  { name: "random cut forest", standard: 51.7, lowFP: 38.4, lowFN: 59.7 },
  { name: "windowed Gaussian", standard: 39.6, lowFP: 20.9, lowFN: 47.4 },
];

const NAME = 34;
const CELL = 20;

/** All seeds' results as one. */
export interface NabSummary {
  readonly fixed: ProfileScores;
  /** [lowest, highest] of the seeds' */
  readonly ranges: Readonly<Record<keyof ProfileScores, readonly [number, number]>>;
  readonly best: ProfileScores;
  readonly falsePositives: number;
  readonly found: number;
  readonly windows: number;
  /** Median. */
  readonly recordsPerSecond: number;
}

export function summarize(results: readonly SeedResult[]): NabSummary {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const range = (name: keyof ProfileScores): readonly [number, number] => {
    const values = results.map(({ fixed }) => fixed[name]);
    return [Math.min(...values), Math.max(...values)];
  };
  const speeds = results.map(({ recordsPerSecond }) => recordsPerSecond).sort((a, b) => a - b);
  return {
    fixed: byProfile(({ name }) => mean(results.map(({ fixed }) => fixed[name]))),
    ranges: { standard: range("standard"), lowFP: range("lowFP"), lowFN: range("lowFN") },
    best: byProfile(({ name }) => mean(results.map(({ best }) => best[name]))),
    falsePositives: mean(results.map(({ falsePositives }) => falsePositives)),
    found: mean(results.map(({ found }) => found)),
    windows: results[0]?.windows ?? 0,
    recordsPerSecond: speeds[speeds.length >> 1] ?? 0,
  };
}

/** The published scoreboard with our row in its place, and what is behind it. */
export function scoreboard(detector: string, results: readonly SeedResult[]): string {
  const summary = summarize(results);
  const seeds = results.length === 1 ? "1 seed" : `${results.length} seeds`;
  const rows = [
    ...PUBLISHED.map(({ name, ...scores }) => ({
      standard: scores.standard,
      text: line(
        name,
        PROFILES.map((profile) => scores[profile.name].toFixed(1)),
      ),
    })),
    {
      standard: summary.fixed.standard,
      text: line(
        `Eddy ${detector}, ${seeds}`,
        PROFILES.map(({ name }) => {
          const [low, high] = summary.ranges[name];
          return `${summary.fixed[name].toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
        }),
      ),
    },
  ].sort((a, b) => b.standard - a.standard);
  const best = PROFILES.map(({ name }) => summary.best[name].toFixed(1));
  return [
    line("", ["standard", "reward low FP", "reward low FN"]),
    ...rows.map(({ text }) => text),
    line("Eddy, at the best thresholds", best),
    "",
    ...categoryLines(results),
    "",
    `fixed threshold 0.5; ${summary.found.toFixed(1)} of ${summary.windows} windows found, ` +
      `${summary.falsePositives.toFixed(0)} false positives`,
    `${Math.round(summary.recordsPerSecond)} records/s on one core, median of the seeds; the others as published, ` +
      "at the thresholds that are best on the same data",
  ].join("\n");
}

function categoryLines(results: readonly SeedResult[]): string[] {
  const names = results[0]?.categories.map(({ name }) => name) ?? [];
  const header = line("", ["standard", "windows found", "false positives"]);
  return [
    header,
    ...names.map((name) => {
      const own = results.flatMap(({ categories }) => categories.filter((one) => one.name === name));
      const mean = (of: (one: (typeof own)[number]) => number) =>
        own.reduce((sum, one) => sum + of(one), 0) / own.length;
      const windows = own[0]?.windows ?? 0;
      return line(name, [
        windows === 0 ? "-" : mean(({ standard }) => standard ?? 0).toFixed(1),
        windows === 0 ? "-" : `${mean(({ found }) => found).toFixed(1)} of ${windows}`,
        mean(({ falsePositives }) => falsePositives).toFixed(1),
      ]);
    }),
  ];
}

function line(name: string, cells: readonly string[]): string {
  return name.padEnd(NAME) + cells.map((cell) => cell.padStart(CELL)).join("");
}
