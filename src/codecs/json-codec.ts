import type { Codec } from "./codec.js";
import { FlatJson } from "./flat-json.js";
import { asRecords, type PayloadRecord } from "./records.js";
import { type Rejection, shown } from "./rejection.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const flat = new FlatJson();

/**
 * JSON (RFC 8259) in UTF-8: one object, or an array of objects. Of a name that comes twice the last value
 * counts; integers beyond 2^53 are rounded, as in JavaScript.
 */
export const jsonCodec: Codec = {
  name: "json",
  read(payload) {
    const record = flat.read(payload);
    if (record !== undefined) return [record];
    let text: string;
    try {
      text = utf8.decode(payload);
    } catch {
      return { note: "unreadable", detail: "expected JSON in UTF-8, found bytes that are not UTF-8" };
    }
    const records = parseJson(text);
    if (!("note" in records) && records.length === 1) flat.learn(text, records[0]!);
    return records;
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
