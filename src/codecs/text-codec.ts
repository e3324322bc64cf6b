import type { Codec } from "./codec.js";
import { readNumberText } from "./number-text.js";
import { shown } from "./rejection.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Longest text that may be a number; the shortest exact form of a float64 has 24 characters. */
const LONGEST = 400;

/** A payload that is one decimal number, as text: the field `value`. Spaces around it don't count. */
export const textCodec: Codec = {
  name: "text",
  read(payload) {
    let text: string;
    try {
      text = utf8.decode(payload.length > LONGEST ? payload.slice(0, LONGEST + 1) : payload).trim();
    } catch {
      return { note: "unreadable", detail: "expected one number as text, found bytes that are not UTF-8" };
    }
    const value = payload.length > LONGEST ? undefined : readNumberText(text);
    if (value !== undefined) return [{ value }];
    return { note: "unreadable", detail: `expected one number as text, found ${shown(text)}` };
  },
};
