import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import {
  type Baseline,
  baselineErrors,
  fitHoltWinters,
  HoltWinters,
  type HoltWintersRates,
  Persistence,
  Ridge,
  ridgeForecast,
  SeasonalNaive,
} from "../../../src/training/index.js";

const SEASON = 12;

/** A trend, a season and noise. */
function series(length: number, noise: number, trend = 0.02): Float64Array {
  const rng = new Rng(5);
  return Float64Array.from(
    { length },
    (_, t) => 10 + trend * t + 3 * Math.sin((2 * Math.PI * t) / SEASON) + noise * rng.normal(),
  );
}

const baselines: readonly (readonly [string, () => Baseline])[] = [
  ["Persistence", () => new Persistence()],
  ["SeasonalNaive", () => new SeasonalNaive(SEASON)],
  ["HoltWinters", () => new HoltWinters(SEASON, { level: 0.3, trend: 0.1, season: 0.2 })],
];

describe.each(baselines)("%s", (name, create) => {
  it(`${name}.forecast() is NaN before anything was observed`, () => {
    expect(create().forecast(1)).toBeNaN();
  });

  it(`${name} forecasts a constant exactly, any number of steps ahead`, () => {
    const baseline = create();
    for (let t = 0; t < 3 * SEASON; t++) baseline.observe(7);
    for (const steps of [1, 2, SEASON, SEASON + 1, 5 * SEASON]) expect(baseline.forecast(steps)).toBe(7);
  });

  it(`${name}.forecast() changes nothing`, () => {
    const [asked, silent] = [create(), create()];
    for (const y of series(4 * SEASON, 1)) {
      asked.forecast(3);
      asked.observe(y);
      silent.observe(y);
    }
    expect(asked.forecast(2)).toBe(silent.forecast(2));
  });
});

describe("SeasonalNaive", () => {
  it("SeasonalNaive.forecast() is the value of the newest season at the same place", () => {
    const baseline = new SeasonalNaive(4);
    for (let y = 0; y < 10; y++) baseline.observe(y);
    expect([1, 2, 3, 4, 5, 8].map((steps) => baseline.forecast(steps))).toEqual([6, 7, 8, 9, 6, 9]);
  });

  it("SeasonalNaive refuses a season that is none", () => {
    for (const season of [0, -1, 2.5, NaN]) {
      expect(() => new SeasonalNaive(season)).toThrow(expect.objectContaining({ code: "SEASON" }));
    }
  });
});

describe("HoltWinters", () => {
  it("HoltWinters continues a trend with a season without error", () => {
    const y = series(10 * SEASON, 0, 0.5);
    const errors = baselineErrors(
      new HoltWinters(SEASON, { level: 0.3, trend: 0.1, season: 0.2 }),
      y,
      3,
      4 * SEASON,
      y.length,
    );
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(1e-9);
  });

  it("fitHoltWinters() finds rates with less squared error than any on a grid", () => {
    const y = series(30 * SEASON, 0.5);
    const loss = (rates: HoltWintersRates) =>
      baselineErrors(new HoltWinters(SEASON, rates), y, 1, 2 * SEASON, y.length).reduce(
        (sum, e) => sum + e * e,
        0,
      );
    const fitted = loss(fitHoltWinters(SEASON, y, y.length));
    for (let level = 0; level <= 1; level += 0.1) {
      for (const trend of [0, 0.1, 0.3]) {
        for (let season = 0; season <= 1; season += 0.1) {
          expect(fitted).toBeLessThan(loss({ level, trend, season }));
        }
      }
    }
  });
});

describe("Ridge", () => {
  const rng = new Rng(6);

  it("Ridge.solve() without a penalty finds the weights of a linear law, whatever the inputs' scales", () => {
    const ridge = new Ridge(3);
    for (let i = 0; i < 50; i++) {
      const x = Float64Array.of(rng.normal(), 1e4 + 1e3 * rng.normal(), 1e-3 * rng.normal());
      ridge.add(x, 2 * x[0]! - 0.5 * x[1]! + 300 * x[2]! + 7);
    }
    const weights = ridge.solve(0);
    expect(weights[0]).toBeCloseTo(2, 5);
    expect(weights[1]).toBeCloseTo(-0.5, 8);
    expect(weights[2]).toBeCloseTo(300, 2);
    expect(ridgeForecast(weights, Float64Array.of(1, 1e4, 0))).toBeCloseTo(2 - 5000 + 7, 4);
  });

  it("Ridge.solve() gives inputs that never vary no weight", () => {
    const ridge = new Ridge(2);
    for (let i = 0; i < 20; i++) ridge.add(Float64Array.of(i, 4), 3 * i);
    expect(ridge.solve(1e-3)[1]).toBe(0);
  });

  it("Ridge.solve() with a great penalty forecasts the mean", () => {
    const ridge = new Ridge(1);
    for (let i = 0; i < 9; i++) ridge.add(Float64Array.of(i), i);
    const weights = ridge.solve(1e9);
    expect(ridgeForecast(weights, Float64Array.of(100))).toBeCloseTo(4, 6);
  });

  it("Ridge.solve() raises its penalty where inputs hardly vary and vary alike, as the hour's harmonics in one second", () => {
    // Start times at which rounding alone made a penalty of 1 % too small are among these.
    for (let start = 0; start < 40; start++) {
      const ridge = new Ridge(16);
      for (let i = 0; i < 512; i++) {
        const hour = 2 * Math.PI * (start / 41 + (i < 500 ? 0 : 100) / 86_400_000);
        const at = (k: number) =>
          (k % 2 === 0 ? Math.sin : Math.cos)(((k >> 1) + 1) * hour * (k < 8 ? 1 : 1 / 7));
        ridge.add(
          Float64Array.from({ length: 16 }, (_, k) => at(k)),
          rng.normal(),
        );
      }
      expect(ridge.solve(1e-2).every(Number.isFinite)).toBe(true);
    }
  });

  it("Ridge.solve() refuses nothing, and what is not finite", () => {
    expect(() => new Ridge(1).solve(0)).toThrow(/found 0 rows/);
    const ridge = new Ridge(1);
    ridge.add(Float64Array.of(NaN), 1);
    expect(() => ridge.solve(0)).toThrow(/not finite/);
  });
});
