import { describe, expect, it } from "vitest";
import { cutLanes } from "../../src/training/lanes.js";

describe("cutLanes()", () => {
  it("cutLanes() lays sequences end to end, begins every piece and lane anew and fills up the last", () => {
    const piece = (steps: number, first: number) => ({
      x: Float64Array.from({ length: 6 }, (_, i) => first + i),
      wanted: Float64Array.from({ length: 6 }, (_, i) => -first - i),
      begins: new Uint8Array(6),
      steps,
    });
    expect(cutLanes([piece(4, 10), piece(3, 20)], 1, 1, 2)).toEqual({
      batch: 2,
      steps: 4,
      input: Float64Array.of(10, 11, 12, 13, 20, 21, 22, 0),
      target: Float64Array.of(-10, -11, -12, -13, -20, -21, -22, NaN),
      begins: Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0),
    });
  });
});
