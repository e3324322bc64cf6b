import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { createInterface } from "node:readline";
import { parse } from "csv-parse";
import type { PayloadRecord, Rejection, SampleReader } from "../codecs/index.js";
import { problem, type Sample, type StreamEvent, streamEvent } from "../core/index.js";

/** Rows read and stepped at a time. */
const CHUNK = 256;

/** One row as it stood in the file. */
export interface RecordingRow {
  /** From 1; a CSV's header is line 1. */
  readonly line: number;
  readonly record: PayloadRecord;
  /** Stands for the MQTT topic. */
  readonly topic?: string;
  /** Takes the place of the key template. */
  readonly key?: string;
  /** What could not be read at all: a row of the wrong length, a line that is not JSON. */
  readonly unreadable?: string;
}

/** A row, and the event it makes, or why it makes none. */
export interface RecordedRow {
  readonly row: RecordingRow;
  readonly outcome: StreamEvent | Rejection;
}

/**
 * Rows of a CSV file with a header, or of an NDJSON file (`.ndjson`, `.jsonl`, `.json`), a few hundred at a
 * time. A recording has no arrival: it is the event time, or, without one, a second per row since 1970.
 *
 * @throws Error code `RECORDING_UNREADABLE` when there is no such file
 */
export async function* recordedRows(file: string, reader: SampleReader): AsyncGenerator<RecordedRow[]> {
  await access(file).catch((cause: unknown) => {
    throw problem(Error, {
      code: "RECORDING_UNREADABLE",
      action: "read recording",
      on: file,
      expected: "a readable CSV or NDJSON file",
      found: "no such file",
      cause,
    });
  });
  const rows = /\.(?:ndjson|jsonl|json)$/i.test(file) ? ndjsonRows(file) : csvRows(file);
  let count = 0;
  let group: RecordedRow[] = [];
  for await (const row of rows) {
    group.push(recordedRow(row, ++count * 1000, reader));
    if (group.length < CHUNK) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** @param arrival of a row without an event time, ms */
export function recordedRow(row: RecordingRow, arrival: number, reader: SampleReader): RecordedRow {
  if (row.unreadable !== undefined) return { row, outcome: { note: "unreadable", detail: row.unreadable } };
  const read = reader.fromRecord(row.record, row.topic, arrival, row.key);
  return { row, outcome: "note" in read ? read : streamEvent(asOfItsTime(read)) };
}

function asOfItsTime(sample: Sample): Sample {
  return { ...sample, arrival: sample.time };
}

async function* csvRows(file: string): AsyncGenerator<RecordingRow> {
  const parser = createReadStream(file).pipe(
    parse({ bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, info: true }),
  );
  let header: readonly string[] | undefined;
  for await (const { record: cells, info } of parser as AsyncIterable<{
    record: string[];
    info: { lines: number };
  }>) {
    if (header === undefined) {
      header = cells.map((name) => name.trim());
      continue;
    }
    const record: Record<string, unknown> = Object.fromEntries(
      header.map((name, i) => [name, cells[i] ?? ""]),
    );
    const unreadable =
      cells.length === header.length
        ? undefined
        : `line ${info.lines}: expected ${header.length} columns, found ${cells.length}`;
    yield row(info.lines, record, unreadable);
  }
}

async function* ndjsonRows(file: string): AsyncGenerator<RecordingRow> {
  let line = 0;
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line++;
    if (text.trim() === "") continue;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Not JSON: it is no object either.
    }
    const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    if (isObject) yield row(line, parsed as PayloadRecord, undefined);
    else yield row(line, {}, `line ${line}: expected a JSON object, found ${text.slice(0, 60)}`);
  }
}

function row(line: number, record: PayloadRecord, unreadable: string | undefined): RecordingRow {
  const { topic, key } = record;
  return {
    line,
    record,
    ...(typeof topic === "string" && topic !== "" ? { topic } : {}),
    ...(typeof key === "string" && key !== "" ? { key } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}
