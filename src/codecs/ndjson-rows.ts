import { parseJson } from "./json-codec.js";
import { type RecordingRow, type RowParser, recordingRow } from "./recording-row.js";

/** NDJSON: every line a payload in JSON; an array of objects makes several rows. Blank lines are passed over. */
export class NdjsonRows implements RowParser {
  #line = 0;

  push(line: string): RecordingRow[] {
    this.#line++;
    if (line.trim() === "") return [];
    const records = parseJson(line);
    if ("note" in records) return [recordingRow(this.#line, line, {}, records.detail)];
    return records.map((record) => recordingRow(this.#line, line, record));
  }

  end(): RecordingRow[] {
    return [];
  }
}
