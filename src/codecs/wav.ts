import { problem } from "../core/index.js";

/** What a WAV file holds. */
export interface Wav {
  readonly rateHz: number;
  /** From -1 to below 1. */
  readonly samples: Float64Array;
}

const FULL_SCALE = 32_768;

/**
 * Reads a WAV file (RIFF; Microsoft and IBM 1991) of 16 bits a sample, one channel.
 *
 * @param name in errors
 * @throws SyntaxError code `WAV_UNREADABLE`
 */
export function readWav(bytes: Uint8Array, name: string): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  const refuse = (expected: string, found: string) =>
    problem(SyntaxError, { code: "WAV_UNREADABLE", action: "read audio", on: name, expected, found });
  if (tag(0) !== "RIFF" || tag(8) !== "WAVE") throw refuse("a WAV file", `${bytes.length} other bytes`);
  let rateHz: number | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === "fmt " && body + 16 <= bytes.length) {
      const [format, channels, bits] = [0, 2, 14].map((offset) => view.getUint16(body + offset, true));
      if (format !== 1 || channels !== 1 || bits !== 16) {
        throw refuse(
          "PCM (format 1), 1 channel, 16 bits a sample",
          `format ${format}, ${channels} channels, ${bits} bits`,
        );
      }
      rateHz = view.getUint32(body + 4, true);
    }
    if (tag(at) === "data" && rateHz !== undefined) {
      // What was cut off, or written as a stream without a length, ends with the file.
      const count = Math.floor(Math.min(length, bytes.length - body) / 2);
      const samples = Float64Array.from(
        { length: count },
        (_, n) => view.getInt16(body + 2 * n, true) / FULL_SCALE,
      );
      return { rateHz, samples };
    }
    // Chunks begin at even places.
    at = body + length + (length % 2);
  }
  throw refuse("its format and its samples", "neither, or one alone");
}
