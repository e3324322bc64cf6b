import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { NoveltyDetector, ONE_NET, Reservoirs } from "../../../src/detection/novelty/index.js";
import { detectorRows } from "../../conformance/detector.js";

const reservoirs = new Reservoirs();
const FIVE_MINUTES = 300_000;

/** A value of a daily wave with noise. */
function day(hour: number, rng: Rng): number {
  return 100 + 30 * Math.sin((2 * Math.PI * hour) / 24) + rng.normal();
}

/** Strengths of a detector fed with 12 days of 288 values each. */
function overDays(detector: NoveltyDetector, value: (row: number, usual: number) => number): number[] {
  const rng = new Rng(1);
  return Array.from({ length: 12 * 288 }, (_, row) => {
    const values = Float64Array.of(value(row, day(row / 12, rng)));
    return detector.step({ values, time: row * FIVE_MINUTES, count: row + 1, begins: row === 0 });
  });
}

describe("NoveltyDetector", () => {
  const daily = { warmUp: 576 };
  const most = (strengths: readonly number[]) => Math.max(...strengths);

  it("NoveltyDetector.step() finds a day that goes otherwise, none of whose values is unusual", () => {
    const detector = new NoveltyDetector(daily, reservoirs);
    const odd = 9 * 288;
    const strengths = overDays(detector, (row, usual) =>
      row >= odd && row < odd + 100 ? 100 - 0.2 * (usual - 100) : usual,
    );
    detector.release();
    expect(most(strengths.slice(odd, odd + 100))).toBeGreaterThan(1.2 * most(strengths.slice(4 * 288, odd)));
    expect(most(strengths.slice(odd, odd + 100))).toBeGreaterThan(1);
  });

  it("NoveltyDetector.why() says for how long the like has not been seen, and which channel found it", () => {
    const detector = new NoveltyDetector({ ...daily, nets: ONE_NET }, reservoirs);
    let why = "";
    overDays(detector, (row, usual) => {
      if (row === 9 * 288 + 60) why = detector.why();
      return row >= 9 * 288 ? 130 : usual;
    });
    detector.release();
    expect(why).toMatch(/^the pattern of the last .+ \((neighbour|leverage|error)\)$/);
    expect(why).toMatch(/9 days/);
  });

  it("NoveltyDetector.release() gives its memory back to the kernel, for the next key", () => {
    const own = new Reservoirs();
    const used = () => {
      const detector = new NoveltyDetector({ warmUp: 100 }, own);
      for (const row of detectorRows(100)) detector.step(row);
      detector.release();
      return own.kernel.bytes;
    };
    const before = used();
    for (let key = 0; key < 20; key++) expect(used()).toBe(before);
  });

  it("NoveltyDetector.step() needs no times if told so, and then has none in its inputs", () => {
    const run = (shift: number) => {
      const detector = new NoveltyDetector({ ...daily, nets: ONE_NET, hasTime: false }, reservoirs);
      const rng = new Rng(2);
      const found = Array.from({ length: 2000 }, (_, row) =>
        detector.step({
          values: Float64Array.of(day(row / 12, rng)),
          time: row * FIVE_MINUTES + shift,
          count: row + 1,
          begins: row === 0,
        }),
      );
      detector.release();
      return found;
    };
    expect(run(0)).toEqual(run(7_654_321));
  });
});
