import { CsvRows } from "./csv-rows.js";
import { LineSplitter } from "./line-splitter.js";
import { NdjsonRows } from "./ndjson-rows.js";
import type { RecordingRow, RowParser } from "./recording-row.js";

/**
 * The rows of a recording, in order. Its memory is bounded, however long the file: a chunk, and the lines of
 * one row.
 *
 * @param name   of the file: `.ndjson` and `.jsonl` are NDJSON, `.csv` and `.tsv` CSV; of others, one that
 *               begins with a brace or bracket is NDJSON
 * @param chunks the file's text, cut anywhere
 * @throws SyntaxError code `RECORDING_UNREADABLE` when a CSV file has no header
 * @throws RangeError  code `RECORDING_UNREADABLE` when a line has more than 16 Mi characters
 */
export async function* readRecording(
  name: string,
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<RecordingRow, void, undefined> {
  const splitter = new LineSplitter(name);
  let parser: RowParser | undefined;
  for await (const chunk of chunks) {
    for (const line of splitter.push(chunk)) {
      parser ??= parserFor(name, line);
      for (const row of parser.push(line)) yield row;
    }
  }
  for (const line of splitter.end()) {
    parser ??= parserFor(name, line);
    for (const row of parser.push(line)) yield row;
  }
  parser ??= parserFor(name, "");
  for (const row of parser.end()) yield row;
}

function parserFor(name: string, firstLine: string): RowParser {
  if (/\.(?:ndjson|jsonl)$/i.test(name)) return new NdjsonRows();
  if (/\.(?:csv|tsv)$/i.test(name)) return new CsvRows(name);
  return /^\s*[{[]/.test(firstLine) ? new NdjsonRows() : new CsvRows(name);
}
