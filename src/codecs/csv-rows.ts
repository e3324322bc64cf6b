import { parse } from "csv-parse/browser/esm/sync";
import { problem } from "../core/index.js";
import { type RecordingRow, type RowParser, recordingRow } from "./recording-row.js";
import { shown } from "./rejection.js";

/** A quoted field may hold ends of lines; one not closed after so many lines is a stray quote. */
const MOST_LINES = 64;
const DELIMITERS = [",", ";", "\t"] as const;
/** What no column is named: a number, a date, a time. */
const LOOKS_LIKE_VALUE = /^[+-]?\d[\d\s.,:/TZe+-]*$/i;

/**
 * CSV (RFC 4180) with a header, whose most frequent of comma, semicolon and tab delimits the fields. A
 * column without a name is left out. A row with a wrong number of columns or a stray quote is a row that
 * can't be read, not the end of the file. Blank lines are passed over.
 *
 * Holds at most 64 lines: those of a row whose quoted field is still open.
 */
export class CsvRows implements RowParser {
  readonly #name: string;
  #header: readonly string[] | undefined;
  #delimiter = ",";
  /** Lines taken in so far. */
  #taken = 0;
  /** The lines of a row that isn't complete, and whether one of its quotes is open. */
  #open: string[] = [];
  #isQuoted = false;

  /** @param name of the file, for errors */
  constructor(name: string) {
    this.#name = name;
  }

  /** @throws SyntaxError code `RECORDING_UNREADABLE` when the first line is no header */
  push(line: string): RecordingRow[] {
    this.#taken++;
    if (this.#open.length === 0 && line.trim() === "") return [];
    this.#open.push(line);
    // Every quote within a field is doubled, so a row that is complete has an even number of them.
    if (countQuotes(line) % 2 === 1) this.#isQuoted = !this.#isQuoted;
    if (this.#isQuoted && this.#open.length < MOST_LINES) return [];
    return this.#close();
  }

  /** @throws SyntaxError code `RECORDING_UNREADABLE` when there was no line at all */
  end(): RecordingRow[] {
    const rows: RecordingRow[] = [];
    while (this.#open.length > 0) rows.push(...this.#close());
    if (this.#header === undefined) throw this.#noHeader("an empty file");
    return rows;
  }

  #close(): RecordingRow[] {
    const lines = this.#open;
    const first = this.#taken - lines.length + 1;
    const raw = lines.join("\n");
    this.#open = [];
    const isWhole = !this.#isQuoted;
    this.#isQuoted = false;
    if (this.#header === undefined) this.#delimiter = delimiterOf(raw);
    const cells = isWhole ? splitRow(raw, this.#delimiter) : undefined;

    if (this.#header === undefined) {
      this.#header = this.#readHeader(cells, raw);
      return [];
    }
    if (cells !== undefined) return [this.#row(first, raw, this.#header, cells)];

    // A stray quote spoils its own line only: the lines after it are taken in again.
    const [spoilt = "", ...rest] = lines;
    const rows = [
      recordingRow(first, spoilt, {}, `expected quotes around whole fields, found ${shown(spoilt)}`),
    ];
    this.#taken -= rest.length;
    for (const line of rest) rows.push(...this.push(line));
    return rows;
  }

  #row(line: number, raw: string, header: readonly string[], cells: readonly string[]): RecordingRow {
    const record: Record<string, unknown> = {};
    for (let column = 0; column < header.length && column < cells.length; column++) {
      const name = header[column];
      if (name) record[name] = cells[column];
    }
    if (cells.length === header.length) return recordingRow(line, raw, record);
    return recordingRow(
      line,
      raw,
      record,
      `expected ${header.length} columns as in the header, found ${cells.length}`,
    );
  }

  #readHeader(cells: readonly string[] | undefined, raw: string): readonly string[] {
    if (cells === undefined) throw this.#noHeader(shown(raw));
    const names = cells.map((cell) => cell.trim());
    const named = names.filter((name) => name !== "");
    if (named.every((name) => LOOKS_LIKE_VALUE.test(name))) throw this.#noHeader(`values: ${shown(raw)}`);
    const twice = named.find((name, at) => named.indexOf(name) !== at);
    if (twice !== undefined) throw this.#noHeader(`two columns named ${shown(twice)}`);
    return names;
  }

  #noHeader(found: string): SyntaxError {
    return problem(SyntaxError, {
      code: "RECORDING_UNREADABLE",
      action: "read recording",
      on: `${this.#name}, line 1`,
      expected: "a header with the columns' names",
      found,
    });
  }
}

/** @returns undefined if quotes stand where none may */
function splitRow(raw: string, delimiter: string): readonly string[] | undefined {
  if (!raw.includes('"')) return raw.split(delimiter);
  try {
    const rows = parse(raw, { delimiter, record_delimiter: "\n", relax_column_count: true });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}

function delimiterOf(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function countQuotes(line: string): number {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++;
  return count;
}
