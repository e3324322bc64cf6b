import { expect, it } from "vitest";
import { AlertCycle } from "../../../src/detection/index.js";
import { NoveltyDetector, ONE_NET, Reservoirs, SIX_NETS } from "../../../src/detection/novelty/index.js";
import { detectorSuite } from "../../conformance/detector.js";

const reservoirs = new Reservoirs();
const options = { warmUp: 200 };

detectorSuite("NoveltyDetector of one net", {
  create: () => new NoveltyDetector({ ...options, nets: ONE_NET }, reservoirs),
  mostBytes: 250_000,
});
detectorSuite("NoveltyDetector of six nets", {
  create: () => new NoveltyDetector({ ...options, nets: SIX_NETS }, reservoirs),
  mostBytes: 2_000_000,
});

/** Rows, five minutes apart, at which an alert is raised. */
function raised(values: readonly number[], warmUp: number): number[] {
  const detector = new NoveltyDetector({ warmUp }, reservoirs);
  const cycle = new AlertCycle({ warmUp, hold: 5 });
  const found = values.flatMap((value, i) => {
    const row = { values: Float64Array.of(value), time: i * 300_000, count: i + 1, begins: i === 0 };
    const { state } = cycle.step(detector.step(row), row.time, i >= warmUp);
    return state === "raised" ? [i] : [];
  });
  detector.release();
  return found;
}

it("NoveltyDetector raises nothing on a flat line, and at once when that changes", () => {
  const flat = Array.from({ length: 2000 }, () => 3.7);
  expect(raised(flat, 200)).toEqual([]);
  const [first = 0, ...others] = raised([...flat, ...Array.from({ length: 20 }, () => 4)], 200);
  expect(first).toBeGreaterThanOrEqual(2000);
  expect(first).toBeLessThan(2010);
  expect(others).toEqual([]);
});

it("NoveltyDetector raises where a daily pattern is broken, and names what was not seen", () => {
  const warmUp = 600;
  const broken = 288 * 12 + 72;
  const values = Array.from({ length: broken + 60 }, (_, i) => {
    const wave = Math.sin((2 * Math.PI * i) / 288);
    return i >= broken ? 0.2 * wave : wave;
  });
  expect(raised(values, warmUp).filter((row) => row >= broken).length).toBe(1);
  const detector = new NoveltyDetector({ warmUp }, reservoirs);
  for (const [i, value] of values.entries()) {
    detector.step({ values: Float64Array.of(value), time: i * 300_000, count: i + 1, begins: i === 0 });
  }
  expect(detector.why()).toMatch(
    /^the pattern of the last (80 minutes|2 hours) .* in 12 days(; most alike .* ago)? \((neighbour|leverage|error)\)$/,
  );
  detector.release();
});
