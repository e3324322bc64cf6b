import { type OutputColumns, outputToColumns } from "./output-columns.js";
import type { CommitEvent } from "./records.js";
import { fieldsToText } from "./sample-fields.js";
import type { SpareBlocks } from "./spare-blocks.js";

/**
 * Events of a commit as they cross to the writer thread: numbers in one block of memory that is handed over, texts in
 * one string. Rows of their own would be copied object by object.
 */
export interface EventRows {
  readonly count: number;
  /** [count, COLUMNS] or longer */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Keys, notes and models: each once. */
  readonly names: readonly string[];
  /** Fields, then what an output has more than its columns hold, event after event. */
  readonly texts: string;
}

/** An event as it is written. The same object for all: whoever visits copies what is to stay. */
export interface EventRow {
  position: number;
  key: string;
  seq: number;
  time: number;
  arrival: number;
  note: string | null;
  fields: string;
  output: OutputColumns | undefined;
}

/** position, key, seq, time, arrival, note, end of fields, model, the seven numbers of an output, end of more, the four of its look ahead. */
const COLUMNS = 20;
/** There is none. */
const NONE = -1;

export function packEvents(events: readonly CommitEvent[], spare: SpareBlocks): EventRows {
  const numbers = spare.take(events.length * COLUMNS);
  const names = new Map<string, number>();
  const indexOf = (name: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, names.size);
    return names.size - 1;
  };
  let texts = "";
  let at = 0;
  for (const { position, seq, note, sample, prediction } of events) {
    texts += fieldsToText(sample.values);
    numbers[at] = position;
    numbers[at + 1] = indexOf(sample.key);
    numbers[at + 2] = seq;
    numbers[at + 3] = sample.time;
    numbers[at + 4] = sample.arrival;
    numbers[at + 5] = note === "" ? NONE : indexOf(note);
    numbers[at + 6] = texts.length;
    numbers[at + 7] = NONE;
    if (prediction) {
      const columns = outputToColumns(prediction);
      const [value, forecast, lower, upper, residual, score, alert, model, more] = columns;
      numbers[at + 7] = indexOf(model);
      // SQLite takes a NaN for NULL.
      numbers[at + 8] = value ?? Number.NaN;
      numbers[at + 9] = forecast ?? Number.NaN;
      numbers[at + 10] = lower ?? Number.NaN;
      numbers[at + 11] = upper ?? Number.NaN;
      numbers[at + 12] = residual ?? Number.NaN;
      numbers[at + 13] = score ?? Number.NaN;
      numbers[at + 14] = alert;
      texts += more ?? "";
      numbers[at + 15] = more === null ? NONE : texts.length;
      numbers[at + 16] = columns[9] ?? Number.NaN;
      numbers[at + 17] = columns[10] ?? Number.NaN;
      numbers[at + 18] = columns[11] ?? Number.NaN;
      numbers[at + 19] = columns[12] ?? Number.NaN;
    }
    at += COLUMNS;
  }
  return { count: events.length, numbers, names: [...names.keys()], texts };
}

/** Of the first event; undefined where there is none. */
export function firstPosition({ count, numbers }: EventRows): number | undefined {
  return count > 0 ? numbers[0] : undefined;
}

/** Inverse of `packEvents`, in order. */
export function visitEvents(rows: EventRows, visit: (row: EventRow) => void): void {
  const { count, numbers, names, texts } = rows;
  const number = (at: number): number => numbers[at] ?? Number.NaN;
  const name = (at: number): string => names[number(at)] ?? "";
  const orNull = (at: number): number | null => (Number.isNaN(number(at)) ? null : number(at));
  const row: EventRow = {
    position: 0,
    key: "",
    seq: 0,
    time: 0,
    arrival: 0,
    note: null,
    fields: "",
    output: undefined,
  };
  let from = 0;
  for (let at = 0; at < count * COLUMNS; at += COLUMNS) {
    row.position = number(at);
    row.key = name(at + 1);
    row.seq = number(at + 2);
    row.time = number(at + 3);
    row.arrival = number(at + 4);
    row.note = number(at + 5) === NONE ? null : name(at + 5);
    row.fields = texts.slice(from, number(at + 6));
    from = number(at + 6);
    row.output = undefined;
    if (number(at + 7) !== NONE) {
      const end = number(at + 15);
      row.output = [
        orNull(at + 8),
        orNull(at + 9),
        orNull(at + 10),
        orNull(at + 11),
        orNull(at + 12),
        orNull(at + 13),
        number(at + 14) === 1 ? 1 : 0,
        name(at + 7),
        end === NONE ? null : texts.slice(from, end),
        orNull(at + 16),
        orNull(at + 17),
        orNull(at + 18),
        orNull(at + 19),
      ];
      if (end !== NONE) from = end;
    }
    visit(row);
  }
}
