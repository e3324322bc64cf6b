import type { Note } from "../core/index.js";

/** Why something that came in makes no sample. */
export interface Rejection {
  readonly note: Note;
  /** What was expected and what was there, for people. */
  readonly detail: string;
}

/** Longest piece of a value that a detail quotes, in characters. */
const SHOWN = 60;

/** A value as a detail quotes it: short, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === "string") return cut(JSON.stringify(value.slice(0, SHOWN + 1)));
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return cut(String(value));
  }
  if (value === undefined) return "none";
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return value instanceof Date ? "a time" : "an object";
}

function cut(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN - 3)}...`;
}
