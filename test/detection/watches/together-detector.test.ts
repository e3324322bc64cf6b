import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { RollingMoments } from "../../../src/detection/watches/rolling-moments.js";
import { TogetherDetector } from "../../../src/detection/watches/together-detector.js";
import { detectorSuite } from "../../conformance/detector.js";

const signals = ["current", "voltage", "heat"];

detectorSuite("TogetherDetector", {
  create: () => new TogetherDetector({ signals: ["a", "b"], warmUp: 200 }),
  targets: 2,
  kinds: 2,
  mostBytes: 400,
});

/** Current and voltage follow one drive, against each other; heat follows nothing. */
function run(length: number, change: (values: Float64Array, t: number, rng: Rng) => void, seed = 3) {
  const detector = new TogetherDetector({ signals, warmUp: 750 });
  const rng = new Rng(seed);
  let drive = 0;
  let heat = 0;
  const strengths = Array.from({ length }, (_, t) => {
    drive = 0.9 * drive + rng.normal();
    heat = 0.95 * heat + rng.normal();
    const values = Float64Array.of(40 + drive + 0.3 * rng.normal(), 230 - 3 * drive + rng.normal(), heat);
    change(values, t, rng);
    return detector.step({ values, time: t * 1000, count: t + 1, begins: t === 0 });
  });
  return { detector, strengths: strengths.map(Number) };
}

describe("TogetherDetector", () => {
  it("says nothing while it warms up, and finds nothing where signals go on together", () => {
    const detector = new TogetherDetector({ signals, warmUp: 750 });
    const values = Float64Array.of(1, 2, 3);
    expect(detector.step({ values, time: 0, count: 1, begins: true })).toBeNull();
    for (const seed of [1, 2, 3]) {
      expect(Math.max(...run(10_000, () => {}, seed).strengths.slice(750))).toBeLessThan(1);
    }
  });

  it("names the two that stop moving together", () => {
    let own = 0;
    const { strengths, detector } = run(2200, (values, t, rng) => {
      own = 0.9 * own + rng.normal();
      if (t >= 2000) values[1] = 230 + 3 * own;
    });
    expect(Math.max(...strengths.slice(0, 2000))).toBeLessThan(1);
    expect(Math.max(...strengths.slice(2000, 2120))).toBeGreaterThan(1);
    expect(detector.why()).toMatch(
      /^current and voltage no longer move together: correlation .* usually -0\.9/,
    );
  });

  it("finds one that stands still while the other moves, but not both at rest", () => {
    const stuck = run(2200, (values, t) => {
      if (t >= 2000) values[0] = 41;
    });
    expect(Math.max(...stuck.strengths.slice(2000))).toBeGreaterThan(1);
    const atRest = run(2200, (values, t, rng) => {
      if (t < 2000) return;
      values[0] = 40 + 0.05 * rng.normal();
      values[1] = 230 + 0.05 * rng.normal();
    });
    expect(Math.max(...atRest.strengths.slice(2100))).toBeLessThan(1);
  });

  it("takes what lasts as a new way", () => {
    let own = 0;
    const { strengths } = run(6000, (values, t, rng) => {
      own = 0.9 * own + rng.normal();
      if (t >= 2000) values[1] = 230 + 3 * own;
    });
    expect(strengths.slice(5000).filter((strength) => strength > 1).length).toBeLessThan(20);
  });
});

describe("RollingMoments", () => {
  it("are those of all rows where they weigh the same", () => {
    const rng = new Rng(1);
    const rows = Array.from({ length: 100 }, () => Float64Array.of(rng.normal(), 5 + rng.normal()));
    const moments = new RollingMoments(2, 0);
    for (const row of rows) moments.observe(row);
    const mean = (of: (row: Float64Array) => number) => rows.reduce((sum, row) => sum + of(row), 0) / 100;
    const [a, b] = [mean((row) => row[0] ?? 0), mean((row) => row[1] ?? 0)];
    const apart = (row: Float64Array) => ((row[0] ?? 0) - a) * ((row[1] ?? 0) - b);
    expect(moments.mean(1)).toBeCloseTo(b, 12);
    expect(moments.covariance(1, 0)).toBeCloseTo(mean(apart), 12);
    expect(moments.variance(0)).toBeCloseTo(
      mean((row) => ((row[0] ?? 0) - a) ** 2),
      12,
    );
  });
});
