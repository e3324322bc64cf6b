import type { Sample, Value } from "../core/index.js";

/**
 * A sample's values as JSON text, so that `json_extract(fields, '$.rms')` works in any SQLite tool:
 *
 * - numbers and words as they are (JSON's shortest decimal form gives every double back exactly);
 * - numbers that JSON lacks as `{"number":"-0"}`;
 * - sets of symbols as arrays of words;
 * - vectors as `{"f64":"..."}`, little-endian in base64, or `{"f32":"..."}` if every element is a float32.
 */
type Stored = number | string | readonly string[] | { number: string } | { f32: string } | { f64: string };

function isPlain(value: Value): boolean {
  return (
    typeof value === "string" ||
    (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0))
  );
}

/** Names as JSON has them: a pipeline's events have few. */
const quoted = new Map<string, string>();
const MOST_QUOTED = 1000;

function quote(name: string): string {
  const known = quoted.get(name);
  if (known !== undefined) return known;
  if (quoted.size >= MOST_QUOTED) quoted.clear();
  const text = JSON.stringify(name);
  quoted.set(name, text);
  return text;
}

/** Piece by piece, since it is done for every event. */
export function fieldsToText(values: Sample["values"]): string {
  let text = "";
  for (const name in values) {
    const value = values[name]!;
    if (!isPlain(value)) return JSON.stringify(values, (_, value) => storedForm(value));
    const written = typeof value === "number" ? `${value}` : JSON.stringify(value);
    text += `${text === "" ? "" : ","}${quote(name)}:${written}`;
  }
  return `{${text}}`;
}

/** @param value of any type, since JSON.stringify hands over the whole record first */
function storedForm(value: unknown): unknown {
  if (typeof value === "number" && !isPlain(value))
    return { number: Object.is(value, -0) ? "-0" : String(value) };
  if (value instanceof Float64Array) return vectorForm(value);
  return value;
}

function isList(stored: Stored): stored is readonly string[] {
  return Array.isArray(stored);
}

function vectorForm(vector: Float64Array): Stored {
  const isSingle = vector.every((value) => Object.is(Math.fround(value), value) && !Number.isNaN(value));
  const bytes = Buffer.alloc(vector.length * (isSingle ? 4 : 8));
  if (isSingle) {
    for (let i = 0; i < vector.length; i++) bytes.writeFloatLE(vector[i]!, 4 * i);
    return { f32: bytes.toString("base64") };
  }
  for (let i = 0; i < vector.length; i++) bytes.writeDoubleLE(vector[i]!, 8 * i);
  return { f64: bytes.toString("base64") };
}

export function fieldsFromText(text: string): Sample["values"] {
  const stored: Record<string, Stored> = JSON.parse(text);
  for (const name in stored) {
    if (typeof stored[name] === "object") {
      // fromEntries defines fields where assignment would trip over one called "__proto__".
      return Object.fromEntries(Object.entries(stored).map(([field, value]) => [field, valueFrom(value)]));
    }
  }
  return stored as Record<string, number | string>;
}

function valueFrom(stored: Stored): Value {
  if (typeof stored !== "object" || isList(stored)) return stored;
  if ("number" in stored) return Number(stored.number);
  const isSingle = "f32" in stored;
  const bytes = Buffer.from(isSingle ? stored.f32 : stored.f64, "base64");
  const width = isSingle ? 4 : 8;
  return Float64Array.from({ length: bytes.length / width }, (_, i) =>
    isSingle ? bytes.readFloatLE(width * i) : bytes.readDoubleLE(width * i),
  );
}
