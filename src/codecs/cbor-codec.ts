import { readCbor } from "./cbor.js";
import type { Codec } from "./codec.js";
import { asRecords } from "./records.js";

/** CBOR (RFC 8949): one map, or an array of maps. Integer keys count as their decimal text. */
export const cborCodec: Codec = {
  name: "cbor",
  read(payload) {
    let value: unknown;
    try {
      value = readCbor(payload);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { note: "unreadable", detail: error.message };
    }
    return asRecords(value, "CBOR");
  },
};
