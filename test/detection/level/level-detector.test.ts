import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { LevelCores, LevelDetector } from "../../../src/detection/level/level-detector.js";
import { detectorSuite } from "../../conformance/detector.js";

const cores = new LevelCores();
const signals = ["a", "b", "c"];

detectorSuite("LevelDetector", {
  create: () => new LevelDetector({ signals, warmUp: 200 }, cores),
  targets: 3,
  mostBytes: 20_000,
});

/** Three signals that move together, changed from a row on; strengths of all rows. */
function run(length: number, change: (values: Float64Array, t: number) => void, warmUp = 300) {
  const detector = new LevelDetector({ signals, warmUp }, cores);
  const rng = new Rng(7);
  let drive = 0;
  const changes: number[] = [];
  const strengths = Array.from({ length }, (_, t) => {
    drive = 0.95 * drive + 0.3 * rng.normal();
    const values = Float64Array.of(
      10 + drive + 0.1 * rng.normal(),
      50 - 2 * drive + 0.2 * rng.normal(),
      Math.sin(t / 9) + 0.1 * rng.normal(),
    );
    change(values, t);
    const strength = detector.step({ values, time: t * 1000, count: t + 1, begins: t === 0 });
    if (detector.hasChanged) changes.push(t);
    return strength;
  });
  return { detector, strengths, changes };
}

const share = (strengths: readonly (number | null)[], from: number, to: number) =>
  strengths.slice(from, to).filter((strength) => (strength ?? 0) > 1).length / (to - from);

describe("LevelDetector", () => {
  it("says nothing while it warms up, and little of good rows", () => {
    const { strengths } = run(2000, () => {});
    expect(strengths.slice(0, 300).every((strength) => strength === null)).toBe(true);
    expect(share(strengths, 300, 2000)).toBeLessThan(0.02);
  });

  it("holds a plateau as long as it lasts, and names the signal", () => {
    const { strengths, detector } = run(1400, (values, t) => {
      if (t >= 900) values[1] = (values[1] ?? 0) + 6;
    });
    expect(share(strengths, 300, 900)).toBeLessThan(0.02);
    expect(share(strengths, 920, 1400)).toBeGreaterThan(0.9);
    expect(detector.why()).toMatch(/^[ab] has left its level( without the others)?: .* above what/);
  });

  it("sees one signal part from the others by less than they all move, and says so", () => {
    const { strengths, detector } = run(1400, (values, t) => {
      if (t >= 900) values[0] = (values[0] ?? 0) + 1;
    });
    expect(share(strengths, 300, 900)).toBeLessThan(0.02);
    expect(share(strengths, 905, 930)).toBeGreaterThan(0.5);
    expect(detector.why()).toMatch(/^[ab] .* without the others: /);
  });

  it("tells of a change when it begins and when it ends", () => {
    const { changes } = run(1400, (values, t) => {
      if (t >= 900 && t < 1100) values[0] = (values[0] ?? 0) + 4;
    });
    expect(changes.some((t) => t >= 900 && t < 915)).toBe(true);
    expect(changes.some((t) => t >= 1100 && t < 1130)).toBe(true);
  });

  it("leaves a sensor that stands still to others, and its neighbours alone", () => {
    const stuck = (from: number) => (values: Float64Array, t: number) => {
      if (t >= from) values[1] = 44;
    };
    const { strengths } = run(1400, stuck(900));
    expect(share(strengths, 910, 1400)).toBeLessThan(0.05);
    // It froze once while it warmed up: it moves all the same.
    const freeze = (values: Float64Array, t: number) => {
      if (t >= 100 && t < 130) values[1] = 49;
      stuck(900)(values, t);
    };
    expect(share(run(1400, freeze).strengths, 910, 1400)).toBeLessThan(0.05);
  });

  it("goes on judging a sensor that was stuck as soon as it moves", () => {
    const { strengths } = run(1400, (values, t) => {
      if (t >= 900) values[1] = t < 1100 ? 44 : (values[1] ?? 0) + 6;
    });
    expect(share(strengths, 910, 1100)).toBeLessThan(0.02);
    expect(share(strengths, 1110, 1400)).toBeGreaterThan(0.9);
  });

  it("takes what lasts long enough as a new normal", () => {
    const { strengths } = run(3000, (values, t) => {
      if (t >= 900) values[1] = (values[1] ?? 0) + 6;
    });
    expect(share(strengths, 2000, 3000)).toBeLessThan(0.05);
  });

  it("warns of a warm-up that drifts", () => {
    expect(run(400, () => {}).detector.warning).toBeUndefined();
    const { detector } = run(400, (values, t) => {
      values[2] = (values[2] ?? 0) + t / 50;
    });
    expect(detector.warning).toMatch(/c drifted by/);
  });
});
