import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { Block } from "../../../src/detection/novelty/block.js";
import { RankHistory } from "../../../src/detection/novelty/rank-history.js";
import { Readout } from "../../../src/detection/novelty/readout.js";
import { Reservoir } from "../../../src/detection/novelty/reservoir.js";
import { HIDDEN, reservoirWeights } from "../../../src/detection/novelty/reservoir-weights.js";
import { RobustQuantizer } from "../../../src/detection/novelty/robust-quantizer.js";
import { StateMemory } from "../../../src/detection/novelty/state-memory.js";
import { Kernel } from "../../../src/kernel/index.js";

const kernel = new Kernel();

/** A place in the kernel with these values. */
function inKernel(values: readonly number[]): number {
  const pointer = kernel.allocate(values.length);
  kernel.view(pointer, values.length).set(values);
  return pointer;
}

describe("Block.add()", () => {
  it("gives the mean of every k values, with the largest and the smallest", () => {
    const block = new Block(3, "mean");
    expect([1, 5, 3, 0, 0, 6].map((value) => block.add(value))).toEqual([
      undefined,
      undefined,
      { value: 3, largest: 5, smallest: 1 },
      undefined,
      undefined,
      { value: 2, largest: 6, smallest: 0 },
    ]);
  });

  it("gives the extreme farther from the usual", () => {
    const block = new Block(2, "extreme");
    const values = [10, 10, 9, 30, 10, 10, 2, 10].map((value) => block.add(value)?.value);
    expect(values.filter((value) => value !== undefined)).toEqual([10, 30, 10, 2]);
  });

  it("begins anew after drop()", () => {
    const block = new Block(2, "mean");
    block.add(100);
    block.drop();
    expect(block.add(1)).toBeUndefined();
    expect(block.add(3)).toEqual({ value: 2, largest: 3, smallest: 1 });
  });
});

describe("RobustQuantizer.quantize()", () => {
  it("measures in robust standard deviations from the median", () => {
    const quantizer = new RobustQuantizer();
    const rng = new Rng(3);
    for (let i = 0; i < 3000; i++) quantizer.learn(50 + 4 * rng.normal());
    expect(quantizer.quantize(50)).toBeCloseTo(0, 0);
    expect(quantizer.quantize(58)).toBeGreaterThan(1.8);
    expect(quantizer.quantize(58)).toBeLessThan(2.2);
  });

  it("is compressed beyond 30, and odd", () => {
    const quantizer = new RobustQuantizer();
    for (let i = 0; i < 500; i++) quantizer.learn(i % 2 === 0 ? 1 : -1);
    const far = quantizer.quantize(1e6);
    expect(far).toBeGreaterThan(30);
    expect(far).toBeLessThan(50);
    expect(quantizer.quantize(-1e6)).toBeCloseTo(-far, 5);
  });

  it("is 0 before anything is known, and hardly moved by a few outliers", () => {
    const [plain, spoilt] = [new RobustQuantizer(), new RobustQuantizer()];
    expect(plain.quantize(7)).toBe(0);
    const rng = new Rng(4);
    for (let i = 0; i < 1000; i++) {
      const value = rng.normal();
      plain.learn(value);
      spoilt.learn(i % 100 === 50 ? 1000 * value : value);
    }
    expect(Math.abs(spoilt.quantize(0))).toBeLessThan(0.1);
    expect(spoilt.quantize(3)).toBeGreaterThan(0.2);
  });
});

describe("RankHistory.surprise()", () => {
  it("is -log10((1 + #{earlier >= z}) / (1 + m)), up to what shares a bin", () => {
    const history = new RankHistory();
    const rng = new Rng(5);
    const seen: number[] = [];
    for (let m = 0; m < 3000; m++) {
      const z = Math.abs(rng.normal()) + 0.2;
      const found = history.surprise(z);
      const bound = (slack: number) =>
        -Math.log10((1 + seen.filter((one) => one >= z * slack).length) / (1 + m));
      expect(found).toBeLessThanOrEqual(bound(1) + 1e-12);
      expect(found).toBeGreaterThanOrEqual(bound(1 / 1.02) - 1e-12);
      seen.push(z);
    }
    expect(history.count).toBe(3000);
  });

  it("is not surprised by a constant, nor by what is out of its range", () => {
    const history = new RankHistory();
    for (let i = 0; i < 100; i++) expect(history.surprise(0.37)).toBe(0);
    expect(history.surprise(1e30)).toBeCloseTo(Math.log10(101), 12);
    expect(history.surprise(2e30)).toBeCloseTo(Math.log10(102 / 2), 12);
    expect(history.surprise(0)).toBe(0);
  });
});

describe("reservoirWeights()", () => {
  it("gives the same weights for a seed, and others for another", () => {
    const size = HIDDEN * (1 + 6 + HIDDEN);
    const weights = (seed: number) => kernel.view(reservoirWeights(kernel, 6, seed), size).slice();
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  it("makes a reservoir that forgets where it began", () => {
    const weights = reservoirWeights(kernel, 4, 9);
    const [one, other] = [0, 1].map(() => new Reservoir(kernel, weights, 4)) as [Reservoir, Reservoir];
    for (let i = 0; i < 20; i++) other.step([9, -9, 3, 3]);
    const states = (reservoir: Reservoir) => kernel.view(reservoir.phi, HIDDEN).slice();
    for (let i = 0; i < 300; i++)
      for (const reservoir of [one, other]) reservoir.step([Math.sin(i), 0, 1, 1]);
    for (const [i, h] of states(one).entries()) expect(h).toBeCloseTo(states(other)[i] ?? Number.NaN, 4);
  });
});

describe("Readout", () => {
  it("learns as textbook recursive least squares does", () => {
    const N = 8;
    const readout = new Readout(kernel, N);
    const lambda = 0.9995;
    const w = new Float64Array(N);
    const P = Array.from({ length: N }, (_, i) => Float64Array.from({ length: N }, (_x, j) => +(i === j)));
    const rng = new Rng(6);
    const pointer = kernel.allocate(N);
    for (let step = 0; step < 300; step++) {
      const phi = Float32Array.from({ length: N }, () => rng.normal());
      kernel.view(pointer, N).set(phi);
      const Pphi = P.map((row) => row.reduce((sum, p, j) => sum + p * phi[j]!, 0));
      const own = phi.reduce((sum, value, i) => sum + value * Pphi[i]!, 0);
      expect(readout.leverage(pointer)).toBeCloseTo(own, 9);
      const x = phi.reduce((sum, value, i) => sum + value * (i - 3), 0) + 0.1 * rng.normal();
      const error = x - phi.reduce((sum, value, i) => sum + value * w[i]!, 0);
      expect(readout.learn(x)).toBeCloseTo(error, 8);
      for (let i = 0; i < N; i++) {
        w[i]! += (Pphi[i]! / (lambda + own)) * error;
        for (let j = 0; j < N; j++) P[i]![j] = (P[i]![j]! - (Pphi[i]! * Pphi[j]!) / (lambda + own)) / lambda;
      }
    }
    expect(w[7]).toBeCloseTo(4, 1);
    readout.release();
  });
});

describe("StateMemory.distance()", () => {
  /** Random states: [h, u]. */
  const states = (count: number) => {
    const rng = new Rng(7);
    return Array.from({ length: count }, () => ({
      h: Array.from({ length: HIDDEN }, () => 2 * rng.uniform() - 1),
      u: Array.from({ length: 6 }, () => 3 * rng.normal()),
    }));
  };
  const run = (memory: StateMemory, all: ReturnType<typeof states>) =>
    all.map(({ h, u }) => {
      const [hPointer, uPointer] = [inKernel(h), inKernel([...u, 0, 0])];
      const found = memory.distance(hPointer, uPointer);
      kernel.release(hPointer);
      kernel.release(uPointer);
      return { found, age: memory.age };
    });

  it("is the mean distance to the ten nearest of those remembered", () => {
    const capacity = 50;
    const memory = new StateMemory(kernel, capacity, 6);
    const all = states(120);
    const found = run(memory, all);
    const points = all.map(({ h, u }) => [...h, ...u]);
    for (const [t, { found: distance, age }] of found.entries()) {
      const known = points.slice(Math.max(0, t - capacity), t).map((point) => {
        const squares = point.reduce((sum, value, i) => sum + (value - (points[t]?.[i] ?? 0)) ** 2, 0);
        return Math.sqrt(squares);
      });
      const nearest = known.toSorted((a, b) => a - b).slice(0, 10);
      const mean = nearest.reduce((sum, one) => sum + one, 0) / Math.max(1, nearest.length);
      expect(Math.abs(distance - mean)).toBeLessThan(2e-3);
      if (t > 0) expect(age).toBe(known.length - known.indexOf(nearest[0] ?? 0));
    }
    expect(memory.known).toBe(capacity);
    memory.release();
  });

  it("gives its memory back", () => {
    new StateMemory(kernel, 1000, 6).release();
    const before = kernel.bytes;
    for (let i = 0; i < 100; i++) new StateMemory(kernel, 1000, 6).release();
    expect(kernel.bytes).toBe(before);
  });
});
