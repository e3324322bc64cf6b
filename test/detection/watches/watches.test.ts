import { describe, expect, it } from "vitest";
import { RangeDetector } from "../../../src/detection/watches/range-detector.js";
import { StuckDetector } from "../../../src/detection/watches/stuck-detector.js";
import { detectorSuite } from "../../conformance/detector.js";

detectorSuite("StuckDetector", { create: () => new StuckDetector(["v"], 50), kinds: 1, mostBytes: 1000 });
detectorSuite("RangeDetector", {
  create: () => new RangeDetector("v", { min: 80, max: 120, perSecond: 1 }),
  kinds: 2,
  mostBytes: 1000,
});

const row = (value: number, t: number, begins = false) => ({
  values: Float64Array.of(value),
  time: t * 1000,
  count: t + 1,
  begins,
});

describe("RangeDetector", () => {
  it("is sure of what is out of its range, or too fast, and says which", () => {
    const detector = new RangeDetector("v", { min: 0, max: 100, perSecond: 10 });
    expect(detector.step(row(50, 0))).toBe(0);
    expect(detector.step(row(55, 1))).toBe(0);
    expect(detector.step(row(80, 2))).toBeGreaterThan(1);
    expect(detector.why()).toBe("v changed by 25 a second, at most 10 is possible");
    expect(detector.step(row(101, 4))).toBeGreaterThan(1);
    expect(detector.why()).toBe("v 101 is out of its range, 0 to 100");
    expect(detector.step(row(0, 5, true))).toBe(0);
  });
});

describe("StuckDetector", () => {
  it("speaks of a standstill far longer than any before", () => {
    const detector = new StuckDetector(["v"], 50);
    for (let t = 0; t < 100; t++) expect(detector.step(row(t % 7, t))).toBeLessThan(1);
    let strength = 0;
    for (let t = 100; t < 120; t++) strength = detector.step(row(3, t));
    expect(strength).toBeGreaterThan(1);
    expect(detector.why()).toMatch(/v stands still at 3 for \d+ events/);
  });
});
