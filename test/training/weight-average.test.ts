import { describe, expect, it } from "vitest";
import { WeightAverage } from "../../src/training/weight-average.js";

describe("WeightAverage", () => {
  it("WeightAverage.add() forgets early weights fast, then averages over 1 / (1 - decay) updates", () => {
    const average = new WeightAverage(Float64Array.of(100), 0.9);
    average.add(Float64Array.of(0));
    expect(average.values[0]).toBeCloseTo((100 * 2) / 11, 12);
    for (let i = 0; i < 200; i++) average.add(Float64Array.of(0));
    const before = average.values[0] ?? NaN;
    average.add(Float64Array.of(1));
    expect(average.values[0]).toBeCloseTo(0.9 * before + 0.1, 12);
  });

  it("WeightAverage.add() leaves the weights it was made from alone", () => {
    const weights = Float64Array.of(1, 2);
    new WeightAverage(weights, 0.9).add(Float64Array.of(5, 5));
    expect([...weights]).toEqual([1, 2]);
  });
});
