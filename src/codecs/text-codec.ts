import type { Codec } from "./codec.js";
import { readNumberText } from "./number-text.js";
import { shown } from "./rejection.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A payload that is one decimal number, as text: the field `value`. Spaces around it don't count. */
export const textCodec: Codec = {
  name: "text",
  read(payload) {
    let text: string;
    try {
      text = utf8.decode(payload).trim();
    } catch {
      return { note: "unreadable", detail: "expected one number as text, found bytes that are not UTF-8" };
    }
    const value = readNumberText(text);
    if (value !== undefined) return [{ value }];
    return { note: "unreadable", detail: `expected one number as text, found ${shown(text)}` };
  },
};
