import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { Readout } from "../../../src/detection/novelty/readout.js";
import { Kernel } from "../../../src/kernel/index.js";

const LAMBDA = 0.9995;

/** Recursive least squares as in the books. */
class Naive {
  readonly w: number[];
  P: number[][];

  constructor(readonly N: number) {
    this.w = Array.from({ length: N }, () => 0);
    this.P = this.w.map((_, i) => this.w.map((_unused, j) => (i === j ? 1 : 0)));
  }

  leverage(phi: readonly number[]): number {
    return dot(this.gain(phi), phi);
  }

  learn(phi: readonly number[], y: number): number {
    const error = y - dot(this.w, phi);
    const gain = this.gain(phi);
    const k = gain.map((value) => value / (LAMBDA + dot(gain, phi)));
    for (const [i, value] of k.entries()) this.w[i]! += value * error;
    this.P = this.P.map((row, i) => row.map((value, j) => (value - k[i]! * gain[j]!) / LAMBDA));
    const largest = Math.max(...this.P.map((row, i) => row[i]!));
    if (largest > 1e4) this.P = this.P.map((row) => row.map((value) => (value * 1e4) / largest));
    return error;
  }

  gain(phi: readonly number[]): number[] {
    return this.P.map((row) => dot(row, phi));
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Steps both; phi is excited everywhere but in its last element. */
function compare(steps: number, excited: (t: number) => boolean): void {
  const [kernel, rng, N] = [new Kernel(), new Rng(3), 12];
  const readout = new Readout(kernel, N);
  const naive = new Naive(N);
  const phi = kernel.allocate(N);
  for (let t = 0; t < steps; t++) {
    const values = Array.from({ length: N }, (_, i) =>
      i < N - 1 && excited(t) ? rng.normal() : i === 0 ? 1 : 0,
    );
    kernel.view(phi, N).set(values);
    const rounded = values.map(Math.fround);
    const leverage = readout.leverage(phi);
    expect(leverage).toBeCloseTo(naive.leverage(rounded), 8);
    const y = dot(rounded, [1, -2, 3, 0, 0, 0.5, 0, 0, 0, 0, 1, 0]) + 0.01 * rng.normal();
    expect(readout.learn(y)).toBeCloseTo(naive.learn(rounded, y), 8);
  }
  readout.release();
}

describe("Readout", () => {
  it("Readout.learn() and leverage() are those of textbook recursive least squares", () => {
    compare(200, () => true);
  });

  it("Readout.learn() keeps P within bounds where an input stays silent for long", () => {
    compare(25_000, (t) => t < 50 || t > 24_900);
  });
});
