import { type Rejection, shown } from "./rejection.js";

/** The fields of one payload, as its codec read them. Only own properties count. */
export type PayloadRecord = Readonly<Record<string, unknown>>;

/** One object, or an array of objects, as records. */
export function asRecords(value: unknown, format: string): readonly PayloadRecord[] | Rejection {
  if (isRecord(value)) return [value];
  const expected = `expected a ${format} object or an array of objects`;
  if (!Array.isArray(value)) return { note: "unreadable", detail: `${expected}, found ${shown(value)}` };
  const elements: readonly unknown[] = value;
  if (elements.every(isRecord)) return elements;
  const at = elements.findIndex((element) => !isRecord(element));
  return {
    note: "unreadable",
    detail: `${expected}, found an array with ${shown(elements[at])} at index ${at}`,
  };
}

function isRecord(value: unknown): value is PayloadRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  );
}
