import { describe, expect, it } from "vitest";
import type { StepGraph } from "../../src/cells/index.js";
import { Rng, sin } from "../../src/core/index.js";
import { type ComparedSequence, compareForecasts } from "../../src/training/index.js";

const HOUR_MS = 3_600_000;
const DAY = 24;

/** Hourly values of a week's rhythm; the input is the value a week before, less today's. */
function weekly(weeks: number): ComparedSequence {
  const rng = new Rng(3);
  const T = weeks * 7 * DAY;
  const y = Float64Array.from({ length: T }, (_, t) => {
    const isWeekend = Math.floor(t / DAY) % 7 >= 5;
    return 10 + (isWeekend ? 1 : 4) * sin((6.283185307179586 * t) / DAY) + 0.1 * rng.normal();
  });
  const x = Float64Array.from(y, (_, t) => (y[t + 1 - 7 * DAY] ?? NaN) - y[t]!).map((v) =>
    Number.isNaN(v) ? 0 : v,
  );
  const begins = new Uint8Array(T);
  begins[0] = 1;
  const testFrom = Math.floor(0.8 * T);
  const validationFrom = Math.floor(0.64 * T);
  return { x, y, scale: new Float64Array(T).fill(1), begins, intervalMs: HOUR_MS, testFrom, validationFrom };
}

/** A network whose output is always 0: persistence. */
const silent: StepGraph = {
  sizes: [1, 1],
  operations: [{ kind: "dense", weight: new Float32Array(1), input: 0, output: 1 }],
  output: 1,
};

describe("compareForecasts()", () => {
  it("compareForecasts() takes the season that is better, and knows its rivals apart", () => {
    const sequences = [weekly(10)];
    const result = compareForecasts({
      targets: 1,
      target: 0,
      horizons: [1],
      horizon: 0,
      graph: silent,
      sequences,
    });
    const T = sequences[0]!.begins.length;
    expect(result.count).toBe(T - Math.floor(0.8 * T));
    expect(result.season).toBe("week");
    expect(result.model.mae).toBeCloseTo(result.persistence.mae, 6);
    expect(result.seasonalNaive?.mae).toBeLessThan(0.2);
    expect(result.seasonalNaive?.mase).toBeCloseTo(1, 0);
    expect(result.holtWinters?.mae).toBeLessThan(result.seasonalNaive!.mae);
    expect(result.ridge.mae).toBeLessThan(0.2);
    expect(result.persistence.mae).toBeGreaterThan(0.4);
  });

  it("compareForecasts() leaves out forecasts across the beginning of a sequence, and rivals without a season", () => {
    const sequence = weekly(2);
    const T = sequence.begins.length;
    sequence.begins[T - 5] = 1;
    const result = compareForecasts({
      targets: 1,
      target: 0,
      horizons: [3],
      horizon: 0,
      graph: silent,
      sequences: [{ ...sequence, intervalMs: 10 * DAY * HOUR_MS }],
    });
    expect(result.count).toBe(T - sequence.testFrom - 3);
    expect(result.season).toBeNull();
    expect(result.seasonalNaive).toBeNull();
    expect(result.holtWinters).toBeNull();
  });
});
