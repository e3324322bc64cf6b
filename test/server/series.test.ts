import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Series } from "../../src/server/page/series.js";
import type { Point } from "../../src/server/wire.js";

const point = (position: number, alert: 0 | 1 = 0): Point => [
  position,
  1000 * position,
  1,
  1,
  0,
  2,
  0,
  0.5,
  alert,
];

describe("Series", () => {
  it("append() and prepend() keep positions ascending and each once, however they overlap", () => {
    const pieces = fc.array(fc.tuple(fc.boolean(), fc.nat(60), fc.nat(20)), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (all) => {
        const series = new Series();
        for (const [isNewer, from, length] of all) {
          const points = Array.from({ length }, (_, i) => point(from + i));
          if (isNewer) series.append(points);
          else series.prepend(points);
        }
        const sorted = [...new Set(series.position)].sort((a, b) => a - b);
        expect(series.position).toEqual(sorted);
        expect(series.x).toEqual(series.position);
        expect(series.score).toHaveLength(series.length);
      }),
      { seed: 1 },
    );
  });

  it("append() forgets the oldest beyond 20,000 points, which are then to be read again", () => {
    const series = new Series();
    series.isComplete = true;
    series.append(Array.from({ length: 20_005 }, (_, i) => point(i)));
    expect(series.length).toBe(20_000);
    expect(series.first).toBe(5);
    expect(series.isComplete).toBe(false);
  });

  it("alertSpans() are the stretches in which an alert is open, also up to the end", () => {
    const series = new Series();
    series.append([0, 1, 1, 0, 0, 1].map((alert, i) => point(i, alert as 0 | 1)));
    expect(series.alertSpans()).toEqual([
      [1, 3],
      [5, 5],
    ]);
  });
});
