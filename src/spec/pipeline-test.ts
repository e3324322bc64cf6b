import type { Note } from "../core/index.js";

/** Something goes wrong in a test's series, from row `at` on, `length` rows long. */
export interface Fault {
  readonly at: number;
  readonly length: number;
  readonly change: { readonly add: number } | { readonly value: number } | "stuck";
}

/** level + amplitude sin(2 pi t / period) + trend t + noise, then the faults. */
export interface Wave {
  readonly level: number;
  readonly amplitude: number;
  /** Absent: no sine. */
  readonly periodMs?: number;
  /** Standard deviation. */
  readonly noise: number;
  readonly trendPerHour: number;
  readonly faults: readonly Fault[];
}

/** Rows made on the spot. */
export interface Series {
  readonly count: number;
  readonly everyMs: number;
  /** Time of the first row, milliseconds since 1970-01-01T00:00Z. */
  readonly startMs: number;
  readonly seed: number;
  readonly fields: Readonly<Record<string, Wave>>;
}

/** Rows from..to, both included, from 0. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

export interface ExpectedCell {
  readonly row: number;
  readonly column: string;
  readonly value: number | string | boolean;
  readonly within: number;
}

/** What a test expects of the replay; absent parts are not looked at. */
export interface Expectation {
  readonly rows?: number;
  readonly stepped?: number;
  readonly alerts?: { readonly min: number; readonly max?: number };
  /** In each of these an alert is raised. */
  readonly raised: readonly RowRange[];
  /** In none of these an alert is raised. */
  readonly quiet: readonly RowRange[];
  readonly notes: Readonly<Partial<Record<Note, number>>>;
  readonly maeBelowPersistence?: boolean;
  /** Rows that tell a supervised target; how much of it is right, at least, in [0, 1]; how far values are off, at most. */
  readonly named?: number;
  readonly accuracy?: number;
  readonly mae?: number;
  readonly cells: readonly ExpectedCell[];
}

export interface PipelineTest {
  readonly name: string;
  /** What is replayed. A file's path is beside the pipeline's file, if that is known. */
  readonly source:
    | { readonly kind: "file"; readonly file: string }
    | { readonly kind: "rows"; readonly rows: readonly Readonly<Record<string, unknown>>[] }
    | { readonly kind: "payloads"; readonly payloads: readonly Uint8Array[] }
    | { readonly kind: "series"; readonly series: Series };
  /** Topic the rows come on; absent: none. */
  readonly topic?: string;
  readonly expect: Expectation;
}
