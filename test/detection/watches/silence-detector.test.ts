import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { SilenceDetector, type SilenceOptions } from "../../../src/detection/watches/silence-detector.js";
import { detectorSuite } from "../../conformance/detector.js";

const MINUTE = 60_000;

detectorSuite("SilenceDetector", {
  create: () => new SilenceDetector({ warmUp: 50 }),
  kinds: 2,
  mostBytes: 100,
});

/** Strengths of rows that come so long after one another, minutes. */
function run(options: SilenceOptions, intervals: readonly number[]) {
  const detector = new SilenceDetector(options);
  let time = 0;
  const strengths = intervals.map((minutes, i) => {
    time += minutes * MINUTE;
    return detector.step({ values: Float64Array.of(1), time, count: i + 1, begins: false });
  });
  return { strengths, detector };
}

describe("SilenceDetector", () => {
  const steady = new Array<number>(100).fill(1);

  it("says with the next row how long nothing came, and what was usual", () => {
    const { strengths, detector } = run({ warmUp: 50 }, [...steady, 120]);
    expect(strengths.slice(0, 50).every((strength) => strength === null)).toBe(true);
    expect(Math.max(...strengths.slice(50, -1).map(Number))).toBeLessThan(0.1);
    expect(strengths.at(-1)).toBeCloseTo(120 / 13, 10);
    expect(detector.why()).toBe("nothing came for 2 hours; longest usual silence before 60 seconds");
  });

  it("finds no silence between events that come by chance", () => {
    const rng = new Rng(4);
    const chance = Array.from({ length: 20_000 }, () => -Math.log(1 - rng.uniform()));
    const { strengths } = run({ warmUp: 750 }, chance);
    expect(Math.max(...strengths.map(Number))).toBeLessThan(1);
  });

  it("gets used to a silence that comes every night", () => {
    const nights = Array.from({ length: 15 }, () => [...steady, 480]).flat();
    const { strengths } = run({ warmUp: 90 }, nights);
    const due = strengths.filter((_, i) => i % 101 === 100).map((strength) => Number(strength) > 1);
    expect(due.slice(0, 5)).toEqual([true, true, true, true, true]);
    expect(due.slice(9)).not.toContain(true);
  });

  it("goes by the longest silence that was asked for, from the second row on", () => {
    const { strengths, detector } = run({ warmUp: 50, longestMs: 5 * MINUTE }, [1, 2, 10, 10]);
    expect(strengths).toEqual([0, 0.4, 2, 2]);
    expect(detector.why()).toMatch(/^nothing came for 10 minutes, at most 5 minutes is allowed/);
  });

  it("takes a clock that goes back for no silence", () => {
    const { strengths } = run({ warmUp: 50 }, [...steady, -60, 1, 1]);
    expect(strengths.slice(-3).map(Number)).toEqual([0, 0, 0]);
  });
});
