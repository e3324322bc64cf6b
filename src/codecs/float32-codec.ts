import type { Codec } from "./codec.js";

/** A vector: 32-bit floating-point numbers, little-endian, as the field `value`. An empty payload says `end`. */
export const float32Codec: Codec = {
  name: "float32",
  read(payload) {
    if (payload.length % 4 !== 0) {
      return { note: "unreadable", detail: `expected numbers of 32 bits, found ${payload.length} bytes` };
    }
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const value = Float64Array.from({ length: payload.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
    return [{ value, end: value.length === 0 }];
  },
};
