import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { type RecordingRow, readRecording, type SampleReader } from "../codecs/index.js";
import { problem, type Sample, streamEvent, type StreamEvent } from "../core/index.js";

/** Rows read and stepped at a time. */
const CHUNK = 256;

/** A row of a recording: the event it makes, or why it makes none. */
export interface RecordedRow {
  readonly row: RecordingRow;
  readonly outcome: StreamEvent | { readonly note: StreamEvent["note"]; readonly detail: string };
}

/**
 * Rows of a CSV or NDJSON file, a few hundred at a time. A recording has no arrival: it is the event time,
 * or, without one, a second per row since 1970.
 *
 * @throws Error code `RECORDING_UNREADABLE` when there is no such file, or it has no header
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
  let count = 0;
  let group: RecordedRow[] = [];
  for await (const row of readRecording(file, createReadStream(file, "utf8"))) {
    count++;
    const read = reader.fromRecord(row.record, row.topic, count * 1000, row.key);
    group.push({ row, outcome: "note" in read ? read : streamEvent(asOfItsTime(read)) });
    if (group.length < CHUNK) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function asOfItsTime(sample: Sample): Sample {
  return { ...sample, arrival: sample.time };
}
