import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { problem, timeReader } from "../../../core/index.js";

/** A labelled recording. */
export interface Labelled {
  readonly name: string;
  readonly signals: readonly string[];
  /** [T] Event times, ms; a row a minute where the file has none. */
  readonly times: Float64Array;
  /** [T][signals] */
  readonly rows: readonly Float64Array[];
  /** [T] 0 or 1 */
  readonly labels: Uint8Array;
}

export interface LabelledColumns {
  readonly label: string;
  /** Absent: all columns that hold numbers, but for time and labels. */
  readonly values?: readonly string[];
  /** Absent: the first of `time`, `timestamp`, `datetime`, `date`, `ts`. */
  readonly time?: string;
}

const TIMES = ["time", "timestamp", "datetime", "date", "ts"];
const LABELS = ["label", "is_anomaly", "anomaly", "changepoint"];

/**
 * Reads a CSV with a column of labels; fields are parted by commas or semicolons.
 *
 * @throws Error code `NOT_LABELLED` when a column isn't there, or holds no numbers
 */
export function readLabelled(file: string, columns: LabelledColumns): Labelled {
  const text = readFileSync(file, "utf8");
  const delimiter = (text.split("\n", 1)[0] ?? "").includes(";") ? ";" : ",";
  const records: Record<string, string>[] = parse(text, { columns: true, delimiter, skip_empty_lines: true });
  const names = Object.keys(records[0] ?? {});
  const time = columns.time ?? names.find((name) => TIMES.includes(name.toLowerCase()));
  const isValue = (name: string) =>
    name !== time && name !== columns.label && name !== "" && !LABELS.includes(name.toLowerCase());
  const signals = columns.values ?? names.filter((name) => isValue(name) && isNumber(records[0]?.[name]));
  const missing = [columns.label, ...signals].filter((name) => !names.includes(name));
  if (missing.length > 0 || signals.length === 0) {
    throw problem(Error, {
      code: "NOT_LABELLED",
      action: "read labelled recording",
      on: file,
      expected: `columns ${[columns.label, ...signals].join(", ")} (see --label, --value)`,
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
    labels: Uint8Array.from(records, (record) => (Number(record[columns.label]) > 0 ? 1 : 0)),
  };
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text !== "" && Number.isFinite(Number(text));
}
