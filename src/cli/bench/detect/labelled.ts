import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { problem, timeReader } from "../../../core/index.js";

/** A recording of signals. */
export interface Recorded {
  readonly name: string;
  readonly signals: readonly string[];
  /** [T] Event times, ms; a row a minute where the file has none. */
  readonly times: Float64Array;
  /** [T][signals] */
  readonly rows: readonly Float64Array[];
}

/** A labelled recording. */
export interface Labelled extends Recorded {
  /** [T] 0 or 1 */
  readonly labels: Uint8Array;
  /** Rows at which something changed, where a column says so. */
  readonly changes: readonly number[];
}

export interface RecordedColumns {
  /** Absent: all columns that hold numbers, but for time and labels. */
  readonly values?: readonly string[];
  /** Absent: the first of `time`, `timestamp`, `datetime`, `date`, `ts`. */
  readonly time?: string;
}

export interface LabelledColumns extends RecordedColumns {
  readonly label: string;
  /** Column with a 1 at each row at which something changed. */
  readonly changes?: string;
}

const TIMES = ["time", "timestamp", "datetime", "date", "ts"];
const LABELS = ["label", "is_anomaly", "anomaly", "changepoint"];

/**
 * Reads a CSV with a column of labels; fields are parted by commas or semicolons.
 *
 * @throws Error code `NOT_LABELLED` when a column isn't there, or holds no numbers
 */
export function readLabelled(file: string, columns: LabelledColumns): Labelled {
  const { label, changes } = columns;
  const { records, ...recorded } = read(file, columns, changes === undefined ? [label] : [label, changes]);
  const isSet = (record: Record<string, string>, name: string) => Number(record[name]) > 0;
  return {
    ...recorded,
    labels: Uint8Array.from(records, (record) => (isSet(record, label) ? 1 : 0)),
    changes: records.flatMap((record, i) => (changes !== undefined && isSet(record, changes) ? [i] : [])),
  };
}

/**
 * Reads a CSV of usual rows.
 *
 * @throws Error code `NOT_LABELLED` as `readLabelled` does
 */
export function readRecorded(file: string, columns: RecordedColumns): Recorded {
  const { records: _, ...recorded } = read(file, columns, []);
  return recorded;
}

function read(
  file: string,
  columns: RecordedColumns,
  others: readonly string[],
): Recorded & { readonly records: readonly Record<string, string>[] } {
  const text = readFileSync(file, "utf8");
  const delimiter = (text.split("\n", 1)[0] ?? "").includes(";") ? ";" : ",";
  const records: Record<string, string>[] = parse(text, { columns: true, delimiter, skip_empty_lines: true });
  const names = Object.keys(records[0] ?? {});
  const time = columns.time ?? names.find((name) => TIMES.includes(name.toLowerCase()));
  const isValue = (name: string) =>
    ![time, "", ...others].includes(name) && !LABELS.includes(name.toLowerCase());
  const signals = columns.values ?? names.filter((name) => isValue(name) && isNumber(records[0]?.[name]));
  const missing = [...others, ...signals].filter((name) => !names.includes(name));
  if (missing.length > 0 || signals.length === 0) {
    throw problem(Error, {
      code: "NOT_LABELLED",
      action: "read recording",
      on: file,
      expected: `columns ${[...others, ...signals].join(", ") || "of numbers"} (see --label, --value)`,
      found: names.join(", ") || "none",
    });
  }
  const reader = timeReader();
  return {
    name: file,
    signals,
    times: Float64Array.from(records, (record, i) =>
      time === undefined ? i * 60_000 : reader.read(record[time]),
    ),
    rows: records.map((record) => Float64Array.from(signals, (name) => Number(record[name]))),
    records,
  };
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text !== "" && Number.isFinite(Number(text));
}
