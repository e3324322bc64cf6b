import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { MissingDetector, type MissingOptions } from "../../../src/detection/watches/missing-detector.js";
import { detectorSuite } from "../../conformance/detector.js";

const MINUTE = 60_000;

detectorSuite("MissingDetector", {
  create: () => new MissingDetector({ warmUp: 100 }),
  kinds: 3,
  mostBytes: 48 + 8 * 256,
});

/** Strengths of a row a minute, of which chance takes a share that depends on the minute. */
function run(options: MissingOptions, minutes: number, missing: (minute: number) => number) {
  const detector = new MissingDetector(options);
  const rng = new Rng(8);
  const strengths: (number | null)[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    if (rng.uniform() < missing(minute)) continue;
    const time = MINUTE * (minute + 0.1 * rng.uniform());
    const count = strengths.length + 1;
    strengths.push(detector.step({ values: Float64Array.of(1), time, count, begins: false }));
  }
  return { detector, strengths: strengths.map(Number) };
}

describe("MissingDetector", () => {
  it("speaks when far more rows are missing than usual, and says what share", () => {
    const { strengths, detector } = run({ warmUp: 500 }, 3000, (minute) => (minute < 2500 ? 0.03 : 0.4));
    expect(Math.max(...strengths.slice(0, 2400))).toBeLessThan(0.9);
    expect(strengths.at(-1)).toBeGreaterThan(1);
    expect(detector.why()).toMatch(
      /^of the last 100 rows or so [345]\d % did not come \(a row every 60 seconds/,
    );
  });

  it("takes what is always missing as usual", () => {
    const { strengths } = run({ warmUp: 500 }, 6000, () => 0.3);
    expect(Math.max(...strengths)).toBeLessThan(1);
  });

  it("gets used to what lasts", () => {
    const { strengths } = run({ warmUp: 500 }, 8000, (minute) => (minute < 2000 ? 0 : 0.4));
    expect(Math.max(...strengths.slice(2000, 3000))).toBeGreaterThan(1);
    expect(Math.max(...strengths.slice(-2000))).toBeLessThan(1);
  });

  it("leaves one long pause to the watch for silence", () => {
    const { strengths } = run({ warmUp: 500 }, 4000, (minute) => (minute > 2000 && minute < 2800 ? 1 : 0));
    expect(Math.max(...strengths)).toBeLessThan(1);
  });

  it("goes by the share and the interval that were asked for", () => {
    const { strengths } = run({ warmUp: 500, intervalMs: MINUTE, most: 0.05 }, 400, () => 0.2);
    expect(Math.max(...strengths)).toBeGreaterThan(1);
  });

  it("says nothing of events that come by chance", () => {
    const detector = new MissingDetector({ warmUp: 100 });
    const rng = new Rng(2);
    let time = 0;
    for (let i = 0; i < 2000; i++) {
      time += -MINUTE * Math.log(1 - rng.uniform());
      expect(detector.step({ values: Float64Array.of(1), time, count: i + 1, begins: false })).toBeNull();
    }
    expect(detector.why()).toMatch(/without a rhythm/);
  });
});
