import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { compress, RobustScaler } from "../../src/features/robust-scaler.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";

function learned(values: Iterable<number>, scaler = new RobustScaler()): RobustScaler {
  for (const value of values) scaler.learn(value);
  return scaler;
}
const normals = (count: number, seed = 1, mean = 0) => {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => mean + rng.normal());
};

describe("RobustScaler", () => {
  it("finds mean and standard deviation of normal numbers", () => {
    const scaler = learned(normals(10_000));
    expect(Math.abs(scaler.location)).toBeLessThan(0.1);
    expect(Math.abs(scaler.spread - 1)).toBeLessThan(0.1);
  });

  it("gives 0 for a first value and for as long as nothing changes", () => {
    const scaler = new RobustScaler();
    for (let i = 0; i < 100; i++) {
      expect(scaler.scale(7)).toBe(0);
      scaler.learn(7);
    }
    expect(scaler.spread).toBe(1);
  });

  it("is hardly moved by a spike of 1000 standard deviations", () => {
    const scaler = learned(normals(1000));
    const { location, spread } = scaler;
    expect(scaler.scale(1000)).toBeLessThan(16);
    scaler.learn(1000);
    expect(Math.abs(scaler.location - location)).toBeLessThan(0.01);
    expect(Math.abs(scaler.spread - spread)).toBeLessThan(0.02);
  });

  it("forgets a wrong first value within a few hundred", () => {
    const scaler = learned([10_000, ...normals(750)]);
    expect(Math.abs(scaler.location)).toBeLessThan(0.2);
    expect(scaler.spread).toBeLessThan(2);
  });

  it("follows a lasting shift of ten standard deviations, and narrows again", () => {
    const scaler = learned(normals(6000));
    learned(normals(1000, 2, 10), scaler);
    expect(Math.abs(scaler.scale(10))).toBeLessThan(3);
    learned(normals(11_000, 3, 10), scaler);
    expect(Math.abs(scaler.location - 10)).toBeLessThan(0.2);
    expect(Math.abs(scaler.spread - 1)).toBeLessThan(0.3);
  });

  it("keeps its spread through a standstill of 50,000 events", () => {
    const scaler = learned(normals(3000));
    const { spread } = scaler;
    learned(Array(50_000).fill(0.5), scaler);
    expect(scaler.spread).toBeCloseTo(spread, 2);
  });

  it("gives 0 and 1 moderate values where nearly all are 0", () => {
    const rng = new Rng(4);
    const scaler = learned(Array.from({ length: 20_000 }, () => (rng.uniform() < 0.05 ? 1 : 0)));
    expect(Math.abs(scaler.scale(1))).toBeLessThan(3);
    expect(Math.abs(scaler.scale(0))).toBeLessThan(3);
    expect(scaler.scale(1) - scaler.scale(0)).toBeGreaterThan(0.5);
  });

  it("does not depend on the unit", () => {
    const values = normals(500, 6);
    const plain = learned(values);
    const inOtherUnits = learned(values.map((value) => 1024 * value));
    expect(inOtherUnits.scale(1024 * 1.5)).toBe(plain.scale(1.5));
  });
});

describe("compress()", () => {
  it("is the identity up to 8, then grows like the logarithm, without a step and oddly", () => {
    expect([0, 1.5, -8, 8].map(compress)).toEqual([0, 1.5, -8, 8]);
    expect(compress(8 + 1e-9)).toBeCloseTo(8 + 1e-9, 12);
    expect(compress(8 + Math.E - 1)).toBeCloseTo(9, 12);
    expect(compress(-1000)).toBe(-compress(1000));
    expect(compress(1e300)).toBeLessThan(700);
  });
});

describe.skipIf(!sharedData)(`RobustScaler on real recordings${sharedDataHint}`, () => {
  it("agrees with median and interquartile range on NAB's values in random order", () => {
    const off: number[] = [];
    const ratios: number[] = [];
    for (const values of nabSeries()) {
      const sorted = [...values].sort((a, b) => a - b);
      const sigma = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.349;
      if (!(sigma > 0)) continue;
      const scaler = learned(shuffled(values));
      off.push(Math.abs(scaler.location - quantile(sorted, 0.5)) / sigma);
      ratios.push(scaler.spread / sigma);
    }
    const middle = (numbers: number[]) =>
      quantile(
        [...numbers].sort((a, b) => a - b),
        0.5,
      );
    expect(off.length).toBeGreaterThan(40);
    // A clipped mean, not a median: half a standard deviation apart where values lean to one side.
    expect(middle(off)).toBeLessThan(0.5);
    expect(middle(ratios)).toBeGreaterThan(0.8);
    expect(middle(ratios)).toBeLessThan(1.3);
  });

  it("keeps NAB's values within 8 spreads, all but a few in a hundred", () => {
    let far = 0;
    let count = 0;
    for (const values of nabSeries()) {
      const scaler = new RobustScaler();
      for (const [index, value] of values.entries()) {
        if (index >= 200) {
          count++;
          if (Math.abs(scaler.scale(value)) > 8) far++;
        }
        scaler.learn(value);
      }
    }
    expect(far / count).toBeLessThan(0.03);
  });
});

function* nabSeries(): Iterable<number[]> {
  const nab = join(sharedData ?? "", "nab/data");
  for (const folder of readdirSync(nab, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const file of readdirSync(join(nab, folder.name))) {
      const lines = readFileSync(join(nab, folder.name, file), "utf8")
        .trim()
        .split("\n")
        .slice(1);
      yield lines.map((line) => Number(line.slice(line.indexOf(",") + 1)));
    }
  }
}

function shuffled(values: readonly number[]): number[] {
  const rng = new Rng(9);
  const mixed = [...values];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    [mixed[i], mixed[j]] = [mixed[j] ?? 0, mixed[i] ?? 0];
  }
  return mixed;
}

/** Of numbers in ascending order. */
function quantile(sorted: readonly number[], p: number): number {
  const at = (sorted.length - 1) * p;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (at - Math.floor(at)) * (high - low);
}
