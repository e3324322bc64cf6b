import type { PayloadRecord } from "./records.js";

/** One row of a recording as it stood in the file. */
export interface RecordingRow {
  /** The row's first line, from 1; a CSV file's header is line 1. */
  readonly line: number;
  /** The payload. Of a CSV file every field is text. */
  readonly record: PayloadRecord;
  /** Stands for the MQTT topic: the column `topic`. */
  readonly topic?: string;
  /** Takes the place of the key template: the column `key`. */
  readonly key?: string;
  /** The row's text, without its end of line. */
  readonly raw: string;
  /** Why the row could not be read, if it could not: what was expected and what was there. */
  readonly unreadable?: string;
}

/** Reads a recording line by line; a row may take several lines, and then comes late. */
export interface RowParser {
  push(line: string): RecordingRow[];
  /** The rows that were still waiting for a line. */
  end(): RecordingRow[];
}

export function recordingRow(
  line: number,
  raw: string,
  record: PayloadRecord,
  unreadable?: string,
): RecordingRow {
  const topic = nameIn(record, "topic");
  const key = nameIn(record, "key");
  return {
    line,
    record,
    ...(topic === undefined ? {} : { topic }),
    ...(key === undefined ? {} : { key }),
    raw,
    ...(unreadable === undefined ? {} : { unreadable: `line ${line}: ${unreadable}` }),
  };
}

function nameIn(record: PayloadRecord, field: string): string | undefined {
  const value = Object.hasOwn(record, field) ? record[field] : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
