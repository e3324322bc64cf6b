import type { Codec } from "./codec.js";

const FULL_SCALE = 32_768;

/**
 * Audio: 16-bit integers, little-endian, one channel, as the field `value`, from -1 to below 1. An empty payload is the
 * mark that a sequence has ended: the field `end` says which payloads are.
 */
export const pcm16Codec: Codec = {
  name: "pcm16",
  read(payload) {
    if (payload.length % 2 !== 0) {
      return {
        note: "unreadable",
        detail: `expected samples of 16 bits, found ${payload.length} bytes`,
      };
    }
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const value = Float64Array.from(
      { length: payload.length / 2 },
      (_, i) => view.getInt16(2 * i, true) / FULL_SCALE,
    );
    return [{ value, end: value.length === 0 }];
  },
};
