import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { type RecordingRow, type Rejection, readRecording, type SampleReader } from "../codecs/index.js";
import { problem, type Sample, type StreamEvent, streamEvent } from "../core/index.js";
import { audioRows, isAudioFile, PACKET_MS } from "./audio-rows.js";

/** Rows read and stepped at a time. */
const CHUNK = 256;

/** A row, and the event it makes, or why it makes none. */
export interface RecordedRow {
  readonly row: RecordingRow;
  readonly outcome: StreamEvent | Rejection;
}

/**
 * Rows of a CSV file with a header, or of an NDJSON file, a few hundred at a time; of a WAV file packets of 20 ms. A
 * recording has no arrival: it is the event time, or, without one, a second per row since 1970, of audio its own.
 *
 * @param rateHz that audio is expected to have; default any
 * @throws Error code `RECORDING_UNREADABLE` when there is no such file
 */
export async function* recordedRows(
  file: string,
  reader: SampleReader,
  rateHz?: number,
): AsyncGenerator<RecordedRow[]> {
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
  if (isAudioFile(file)) {
    const records = await audioRows(file, rateHz);
    yield records.map((record, i) =>
      recordedRow({ line: i + 1, record, raw: "" }, (i + 1) * PACKET_MS, reader),
    );
    return;
  }
  let count = 0;
  let group: RecordedRow[] = [];
  for await (const row of readRecording(file, createReadStream(file, "utf8"))) {
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
