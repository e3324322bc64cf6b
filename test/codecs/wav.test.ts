import { describe, expect, it } from "vitest";
import { readWav } from "../../src/codecs/index.js";
import { wavOf } from "../support/wav.js";

describe("readWav()", () => {
  it("reads rate and samples, and passes over other chunks", () => {
    const bytes = wavOf(Int16Array.of(0, 16_384, -32_768), 16_000);
    const list = new TextEncoder().encode("LIST\u0003\0\0\0abc\0");
    const withList = Uint8Array.of(...bytes.subarray(0, 36), ...list, ...bytes.subarray(36));
    for (const file of [bytes, withList]) {
      expect(readWav(file, "a.wav")).toEqual({ rateHz: 16_000, samples: Float64Array.of(0, 0.5, -1) });
    }
  });

  it("takes what is there of a file that was cut off", () => {
    const bytes = wavOf(Int16Array.of(1, 2, 3), 8000);
    expect(readWav(bytes.subarray(0, -3), "a.wav").samples).toHaveLength(1);
  });

  it.each([
    ["text", new TextEncoder().encode("once upon a time"), "expected a WAV file, found 16 other bytes"],
    [
      "stereo",
      wavOf(Int16Array.of(1), 8000, 2),
      "expected PCM (format 1), 1 channel, 16 bits a sample, found format 1, 2 channels, 16 bits",
    ],
    ["no samples", wavOf(Int16Array.of(), 8000).subarray(0, 36), "expected its format and its samples"],
    ["nothing", new Uint8Array(0), "expected a WAV file, found 0 other bytes"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readWav(bytes, "a.wav")).toThrow(message);
  });
});
