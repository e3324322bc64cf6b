import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Point, Thinned } from "../../../src/cli/report/thinned.js";

const NONE = Number.NaN;

function point(time: number, value: number, part: Partial<Point> = {}): Point {
  const unknown = { forecasts: [NONE], lowers: [NONE], uppers: [NONE], score: NONE };
  return { time, values: [value], ...unknown, isAlert: false, isLabelled: false, ...part };
}

describe("Thinned", () => {
  it("keeps every row, its extremes and its order in at most so many stretches", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 300 }), (values) => {
        const series = new Thinned(8);
        for (const [t, value] of values.entries()) series.add(point(t, value));
        const { stretches } = series;
        expect(stretches.length).toBeLessThanOrEqual(8);
        expect(stretches.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        for (const { from, to, count, targets } of stretches) {
          const own = values.slice(from, to + 1);
          expect(own).toHaveLength(count);
          expect(targets[0]).toMatchObject({ least: Math.min(...own), most: Math.max(...own) });
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("takes the mean of what was foretold, the widest band, the highest score, and keeps an alert of one row", () => {
    const series = new Thinned(2);
    series.add(point(0, 1));
    series.add(point(1, 1, { forecasts: [4], lowers: [2], uppers: [5], score: 0.2 }));
    series.add(point(2, 1, { forecasts: [6], lowers: [3], uppers: [7], score: 0.9, isAlert: true }));
    series.add(point(3, 1));
    series.add(point(4, 1, { forecasts: [8] }));
    expect(series.stretches).toHaveLength(2);
    expect(series.stretches[0]).toMatchObject({ count: 4, score: 0.9, isAlert: true });
    expect(series.stretches[0]?.targets[0]).toMatchObject({ forecast: 5, forecasts: 2, lower: 2, upper: 7 });
  });
});
