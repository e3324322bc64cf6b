import type { Codec } from "./codec.js";
import { asRecords, type PayloadRecord } from "./records.js";
import { type Rejection, shown } from "./rejection.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * JSON (RFC 8259) in UTF-8: one object, or an array of objects. Of a name that comes twice the last value
 * counts; integers beyond 2^53 are rounded, as in JavaScript.
 */
export const jsonCodec: Codec = {
  name: "json",
  read(payload) {
    let text: string;
    try {
      text = utf8.decode(payload);
    } catch {
      return { note: "unreadable", detail: "expected JSON in UTF-8, found bytes that are not UTF-8" };
    }
    return parseJson(text);
  },
};

/** The records of a JSON text. */
export function parseJson(text: string): readonly PayloadRecord[] | Rejection {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? ` (${error.message.slice(0, 100)})` : "";
    return { note: "unreadable", detail: `expected JSON, found ${shown(text)}${why}` };
  }
  return asRecords(value, "JSON");
}
