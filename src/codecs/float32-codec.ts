import type { Codec } from "./codec.js";

const BYTES = 4;

/** A payload that is a vector of IEEE 754 numbers, 4 bytes each, little-endian: the field `value`, its elements `value.0`, ... */
export const float32Codec: Codec = {
  name: "float32",
  read(payload) {
    if (payload.length === 0 || payload.length % BYTES !== 0) {
      const expected = "expected 4 bytes for each number, at least one number";
      return { note: "unreadable", detail: `${expected}, found ${payload.length} bytes` };
    }
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const value = Float64Array.from({ length: payload.length / BYTES }, (_, i) =>
      view.getFloat32(BYTES * i, true),
    );
    return [{ value }];
  },
};
