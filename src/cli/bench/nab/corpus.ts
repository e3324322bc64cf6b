import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { problem, timeReader } from "../../../core/index.js";

/** One series of the benchmark. */
export interface NabFile {
  /** `realTweets/Twitter_volume_AAPL.csv` */
  readonly name: string;
  /** `realTweets` */
  readonly category: string;
  /** Event times, ms. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Rows [first, last] of each anomaly window, both included. */
  readonly windows: readonly (readonly [number, number])[];
}

/**
 * The Numenta Anomaly Benchmark's corpus from a checkout of it: `data/` and `labels/combined_windows.json`.
 *
 * @throws Error code `NAB_NOT_FOUND`
 */
export function readCorpus(folder: string): NabFile[] {
  const labels = join(folder, "labels", "combined_windows.json");
  let windows: Record<string, [string, string][]>;
  try {
    windows = JSON.parse(readFileSync(labels, "utf8"));
  } catch (cause) {
    throw problem(Error, {
      code: "NAB_NOT_FOUND",
      action: "read the Numenta Anomaly Benchmark from",
      on: folder,
      expected: "a checkout of github.com/numenta/NAB, with data/ and labels/combined_windows.json",
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
  return Object.entries(windows).map(([name, limits]) => readFile(folder, name, limits));
}

function readFile(folder: string, name: string, limits: readonly [string, string][]): NabFile {
  const rows: string[][] = parse(readFileSync(join(folder, "data", name)), { from_line: 2 });
  const times = timeReader();
  const ms = Float64Array.from(rows, ([time]) => times.read(time));
  const rowAt = (time: string): number => ms.indexOf(times.read(time));
  return {
    name,
    category: name.split("/")[0] ?? "",
    times: ms,
    values: Float64Array.from(rows, ([, value]) => Number(value)),
    windows: limits.map(([first, last]) => [rowAt(first), rowAt(last)] as const),
  };
}
