import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { TailHistogram } from "../../../src/detection/pattern/tail-histogram.js";

describe("TailHistogram.surprise()", () => {
  it("says nothing before there are twenty values", () => {
    const tail = new TailHistogram();
    for (let i = 0; i < 20; i++) expect(tail.surprise(1e9)).toBe(0);
  });

  it("ranks values below the tail: about half of them are surprised by less than log10 2", () => {
    const tail = new TailHistogram();
    const rng = new Rng(1);
    const surprises = Array.from({ length: 5000 }, () => tail.surprise(Math.abs(rng.normal()))).slice(1000);
    const share = (limit: number) => surprises.filter((s) => s > limit).length / surprises.length;
    expect(share(Math.log10(2))).toBeGreaterThan(0.42);
    expect(share(Math.log10(2))).toBeLessThan(0.58);
    // One in ten and one in a hundred.
    expect(share(1)).toBeGreaterThan(0.07);
    expect(share(1)).toBeLessThan(0.13);
    expect(share(2)).toBeGreaterThan(0.004);
    expect(share(2)).toBeLessThan(0.02);
  });

  it("continues a Pareto tail beyond all that was seen", () => {
    const tail = new TailHistogram();
    const rng = new Rng(2);
    // P(z > x) = x^-2
    for (let i = 0; i < 20_000; i++) tail.surprise(1 / Math.sqrt(1 - rng.uniform()));
    const at = (z: number) => tail.surprise(z);
    expect(at(1000)).toBeGreaterThan(5);
    expect(at(1000)).toBeLessThan(7.5);
    expect(at(10_000) - at(1000)).toBeGreaterThan(1.5);
    expect(at(10_000) - at(1000)).toBeLessThan(2.6);
  });

  it("is not surprised by a constant", () => {
    const tail = new TailHistogram();
    for (let i = 0; i < 100; i++) expect(tail.surprise(0)).toBeLessThan(0.05);
  });
});
