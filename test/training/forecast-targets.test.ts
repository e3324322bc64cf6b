import { describe, expect, it } from "vitest";
import { forecastTargets } from "../../src/training/forecast-targets.js";
import { DOUBT } from "../../src/training/index.js";

describe("forecastTargets()", () => {
  it("forecastTargets() are steps ahead in units of scale, by target and horizon", () => {
    const sequence = {
      x: new Float64Array(4),
      y: Float64Array.of(1, 10, 2, 30, 4, 60, 8, 100),
      scale: Float64Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 2 : 4)),
      begins: new Uint8Array(4),
    };
    const wanted = (index: number) => [...forecastTargets(sequence, 2, [1, 3], index, 4, "learning")];
    expect(wanted(0)).toEqual([0.5, 10, 1, 15, 2, 20, NaN, NaN]);
    expect(wanted(1)).toEqual([1.75, 22.5, NaN, NaN, NaN, NaN, NaN, NaN]);
  });

  it("forecastTargets() are unknown beyond the end, across a beginning and without a scale", () => {
    const sequence = {
      x: new Float64Array(7),
      y: Float64Array.of(0, 1, 3, 6, 10, 15, 21),
      scale: Float64Array.of(0, 1, 1, 1, 1, 1, 1),
      begins: Uint8Array.of(1, 0, 0, 1, 0, 0, 0),
    };
    expect([...forecastTargets(sequence, 1, [1], 0, 6, "judging")]).toEqual([NaN, 2, NaN, 4, 5, NaN, NaN]);
    expect([...forecastTargets(sequence, 1, [2], 0, 7, "learning")]).toEqual([
      NaN,
      NaN,
      NaN,
      9,
      11,
      NaN,
      NaN,
    ]);
  });

  it("forecastTargets() from and to doubtful values are left out, by what they are wanted for", () => {
    const sequence = {
      x: new Float64Array(6),
      y: Float64Array.of(0, 1, 3, 6, 10, 15),
      scale: new Float64Array(6).fill(1),
      begins: new Uint8Array(6),
      doubtful: Uint8Array.of(0, 0, DOUBT.judging, 0, 0, DOUBT.learning),
    };
    expect([...forecastTargets(sequence, 1, [1], 0, 6, "judging")]).toEqual([1, NaN, NaN, 4, NaN, NaN]);
    expect([...forecastTargets(sequence, 1, [1], 0, 6, "learning")]).toEqual([1, 2, 3, 4, NaN, NaN]);
  });
});
