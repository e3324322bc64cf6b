import { describe, expect, it } from "vitest";
import { codecOf } from "../../src/codecs/index.js";
import { codecLaws } from "../conformance/codec.js";

const float32 = codecOf("float32");
const bytes = (...numbers: number[]) => new Uint8Array(new Float32Array(numbers).buffer);

codecLaws(float32, [bytes(1.5), bytes(0, -1, 1e-40, Number.NaN, Number.POSITIVE_INFINITY)]);

describe("float32Codec.read()", () => {
  it("reads a vector, wherever in its buffer the payload begins", () => {
    const shifted = new Uint8Array(9);
    shifted.set(bytes(1.5, -2), 1);
    expect(float32.read(shifted.subarray(1))).toEqual([{ value: Float64Array.of(1.5, -2) }]);
  });

  it.each([0, 3, 6])("refuses %i bytes", (length) => {
    expect(float32.read(new Uint8Array(length))).toEqual({
      note: "unreadable",
      detail: `expected 4 bytes for each number, at least one number, found ${length} bytes`,
    });
  });
});
