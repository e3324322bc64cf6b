import type { Value } from "../core/index.js";
import { readNumberText } from "./number-text.js";
import { type Rejection, shown } from "./rejection.js";

/** What a pipeline takes a field for. */
export type FieldKind = "number" | "vector" | "signal" | "symbol" | "label" | "labels" | "mark";

export interface FieldReading {
  readonly field: string;
  readonly kind: FieldKind;
  /** Numbers may be written in text, as in a CSV file. */
  readonly numericText: boolean;
  /** Of vectors: how many numbers there must be; absent: at least one. */
  readonly size?: number;
}

const EXPECTED: Readonly<Record<FieldKind, string>> = {
  number: "a number",
  vector: "an array of numbers",
  signal: "an array of numbers, or an empty one",
  symbol: "text",
  label: "text, a number or true/false",
  labels: "an array of texts, numbers or true/false, or an empty one",
  mark: "true or false (or yes, no, 1, 0)",
};

const MARKS: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ...[true, 1, "true", "yes", "1"].map((yes) => [yes, 1] as const),
  ...[false, 0, "false", "no", "0"].map((no) => [no, 0] as const),
]);

/** A payload's value as a sample's value: every number finite, vectors copied. */
export function readField(reading: FieldReading, value: unknown): Value | Rejection {
  // A space is a character like others.
  const isBlank = reading.kind === "label" && typeof value === "string" && value !== "";
  if (!isBlank && isMissing(value)) return rejection("missing-field", reading, value);
  if (reading.kind === "symbol") {
    return typeof value === "string" && isWellFormed(value) ? value : rejection("wrong-type", reading, value);
  }
  if (reading.kind === "number") return readNumber(reading, value);
  if (reading.kind === "label") return readLabelText(reading, value);
  if (reading.kind === "labels") return readLabels(reading, value);
  if (reading.kind === "mark") {
    const key = typeof value === "string" ? value.trim().toLowerCase() : value;
    return MARKS.get(key) ?? rejection("wrong-type", reading, value);
  }
  if (!Array.isArray(value) && !(value instanceof Float64Array))
    return rejection("wrong-type", reading, value);
  if (reading.size !== undefined && value.length !== reading.size)
    return rejection("wrong-type", reading, value);
  if (value.length === 0 && reading.kind === "vector") return rejection("missing-field", reading, value);
  const vector = new Float64Array(value.length);
  for (let i = 0; i < vector.length; i++) {
    const plain: unknown = value[i];
    if (typeof plain === "number" && Number.isFinite(plain)) {
      vector[i] = plain;
      continue;
    }
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

/** A class is a name, however it is written: 3 is "3". */
function readLabelText(reading: FieldReading, value: unknown): string | Rejection {
  const isName =
    (typeof value === "string" && isWellFormed(value)) ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
  return isName ? String(value) : rejection("wrong-type", reading, value);
}

/** Symbols in the order in which they stand; of a CSV file's text, what stands between spaces. */
function readLabels(reading: FieldReading, value: unknown): readonly string[] | Rejection {
  const isText = reading.numericText && typeof value === "string";
  const list: unknown = isText ? value.trim().split(/\s+/) : value;
  if (!Array.isArray(list)) return rejection("wrong-type", reading, value);
  const labels: string[] = [];
  for (const [i, one] of list.entries()) {
    const label = readLabelText({ ...reading, field: `${reading.field}[${i}]`, kind: "label" }, one);
    if (typeof label !== "string") return label;
    labels.push(label);
  }
  return labels;
}

function rejection(note: Rejection["note"], { field, kind, size }: FieldReading, value: unknown): Rejection {
  const expected = size === undefined ? EXPECTED[kind] : `an array of ${size} numbers`;
  return { note, detail: `expected ${expected} in field ${shown(field)}, found ${shown(value)}` };
}
