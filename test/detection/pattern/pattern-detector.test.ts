import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { AlertCycle } from "../../../src/detection/alert/index.js";
import { PatternDetector } from "../../../src/detection/pattern/pattern-detector.js";
import { Kernel } from "../../../src/kernel/index.js";
import { detectorSuite } from "../../conformance/detector.js";

const MINUTE = 60_000;
const kernel = new Kernel();

detectorSuite("PatternDetector", {
  create: () => new PatternDetector({ warmUp: 200, ring: 400 }, kernel),
  mostBytes: 60_000,
});

/** Rows at which an alert is raised, at a threshold. */
function raised(values: readonly number[], threshold: number, warmUp = 750): number[] {
  const detector = new PatternDetector({ warmUp, ring: 1000, threshold }, kernel);
  const cycle = new AlertCycle({ warmUp, hold: 5 });
  const rows = values.flatMap((value, i) => {
    const row = { values: Float64Array.of(value), time: i * MINUTE, count: i + 1, begins: i === 0 };
    const { state } = cycle.step(detector.step(row) ?? 0, row.time, i >= warmUp);
    return state === "raised" ? [i] : [];
  });
  detector.release();
  return rows;
}

function series(length: number, value: (t: number, rng: Rng) => number, seed = 3): number[] {
  const rng = new Rng(seed);
  return Array.from({ length }, (_, t) => value(t, rng));
}

const WEEK = 10_080;

describe("PatternDetector", () => {
  it.each([
    ["a flat line", () => 5],
    ["noise", (_t: number, rng: Rng) => rng.normal()],
    ["a sine", (t: number) => Math.sin((2 * Math.PI * t) / 50)],
  ])("raises nothing in a week of %s, at the threshold of an alert a day", (_name, value) => {
    expect(raised(series(WEEK, value), 3.1)).toEqual([]);
  });

  it("raises at once at a beat that is missing, and when the rhythm changes", () => {
    const beat = (t: number, rng: Rng) => (t % 40 === 0 ? 10 : 0) + 0.2 * rng.normal();
    const missing = series(3000, (t, rng) => (t === 2000 ? 0 : beat(t, rng)));
    expect(raised(series(3000, beat), 3.5)).toEqual([]);
    expect(raised(missing, 3.5).filter((row) => row >= 2000 && row < 2010)).toHaveLength(1);
    const wave = (t: number, rng: Rng) =>
      Math.sin((2 * Math.PI * t) / (t < 2000 ? 60 : 37)) + 0.05 * rng.normal();
    const [first = 0] = raised(series(3000, wave), 3.5);
    expect(first).toBeGreaterThanOrEqual(2000);
    expect(first).toBeLessThan(2060);
  });

  it("why() tells how long ago the most similar stretch was", () => {
    const detector = new PatternDetector({ warmUp: 200, ring: 400 }, kernel);
    const rng = new Rng(5);
    for (let i = 0; i < 500; i++) {
      const value = (i % 40 < 4 ? 5 : 0) + 0.1 * rng.normal() + (i > 490 ? (i % 2) * 4 : 0);
      detector.step({ values: Float64Array.of(value), time: i * MINUTE, count: i + 1, begins: i === 0 });
    }
    expect(detector.why()).toMatch(/minutes|does not follow/);
  });
});
