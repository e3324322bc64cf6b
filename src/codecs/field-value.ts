import type { Value } from "../core/index.js";
import { readNumberText } from "./number-text.js";
import { type Rejection, shown } from "./rejection.js";

/** What a pipeline takes a field for. */
export type FieldKind = "number" | "vector" | "symbol";

export interface FieldReading {
  readonly field: string;
  readonly kind: FieldKind;
  /** Numbers may be written in text, as in a CSV file. */
  readonly numericText: boolean;
}

const EXPECTED: Readonly<Record<FieldKind, string>> = {
  number: "a number",
  vector: "an array of numbers",
  symbol: "text",
};

/** A payload's value as a sample's value: every number finite, vectors copied. */
export function readField(reading: FieldReading, value: unknown): Value | Rejection {
  if (isMissing(value)) return rejection("missing-field", reading, value);
  if (reading.kind === "symbol") {
    return typeof value === "string" && isWellFormed(value) ? value : rejection("wrong-type", reading, value);
  }
  if (reading.kind === "number") return readNumber(reading, value);
  if (!Array.isArray(value) && !(value instanceof Float64Array))
    return rejection("wrong-type", reading, value);
  if (value.length === 0) return rejection("missing-field", reading, value);
  const vector = new Float64Array(value.length);
  for (let i = 0; i < vector.length; i++) {
    const element = readNumber({ ...reading, field: `${reading.field}[${i}]`, kind: "number" }, value[i]);
    if (typeof element !== "number") return element;
    vector[i] = element;
  }
  return vector;
}

/** Not there, null, or empty text: what a CSV file has where there is nothing. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

/** Text that survives UTF-8: without half a surrogate pair, which would come back as another text. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function readNumber(reading: FieldReading, value: unknown): number | Rejection {
  let number: number | undefined;
  if (typeof value === "number" || typeof value === "bigint") number = Number(value);
  else if (typeof value === "string") {
    const read = readNumberText(value.trim());
    // A text that says "not a number" says so anywhere; a number has to be one, save in CSV.
    if (reading.numericText || (read !== undefined && Number.isNaN(read))) number = read;
  }
  if (number === undefined) return rejection("wrong-type", reading, value);
  return Number.isFinite(number) ? number : rejection("not-a-number", reading, value);
}

function rejection(note: Rejection["note"], { field, kind }: FieldReading, value: unknown): Rejection {
  return { note, detail: `expected ${EXPECTED[kind]} in field ${shown(field)}, found ${shown(value)}` };
}
