import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, Rng } from "../../../src/core/index.js";
import { TailHistograms } from "../../../src/detection/pattern/tail-histograms.js";
import { Kernel } from "../../../src/kernel/index.js";

/** One by itself. */
class TailHistogram {
  readonly #tails = new TailHistograms(new Kernel(), 1);

  surprise(z: number): number {
    const s = new Float64Array(1);
    this.#tails.step(Float64Array.of(z), s);
    return s[0]!;
  }
}

describe("TailHistograms.step()", () => {
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

  it("ranks as counting does: s = log10((m + 1) / (1 + values in the same bin, or above it))", () => {
    const tail = new TailHistogram();
    const rng = new Rng(3);
    const binOf = (z: number) => Math.floor(16 * Math.log2(z));
    const before: number[] = [];
    for (let i = 0; i < 3000; i++) {
      const z = Math.exp(rng.normal());
      const s = tail.surprise(z);
      const above = before.filter((one) => binOf(one) >= binOf(z)).length;
      // The highest hundredth and five are the tail's.
      if (i >= 20 && above > Math.max(5, 0.01 * i) + 0.1 * i)
        expect(s).toBeCloseTo(Math.log10((i + 1) / (1 + above)), 12);
      before.push(z);
    }
  });

  it("says nothing of what can't be told, goes on from its state, and refuses what is none", () => {
    const tails = new TailHistograms(new Kernel(), 2);
    const rng = new Rng(4);
    const [s, again] = [new Float64Array(2), new Float64Array(2)];
    for (let i = 0; i < 500; i++) {
      tails.step(Float64Array.of(-1, Math.abs(rng.normal())), s);
      expect(s[0]).toBe(0);
    }
    const to = new ByteWriter();
    tails.write(to);
    const copy = new TailHistograms(new Kernel(), 2);
    copy.read(new ByteReader(to.finish(), "histograms"));
    for (const z of [0, 0.3, 1, 3, 30, 1e12, 1e-12]) {
      tails.step(Float64Array.of(z, z), s);
      copy.step(Float64Array.of(z, z), again);
      expect(again).toEqual(s);
    }
    const wrong = new ByteWriter().f64s([1024]).f64s([1]).finish();
    expect(() => copy.read(new ByteReader(wrong, "histograms"))).toThrow(/expected bins below 1024/);
  });
});
