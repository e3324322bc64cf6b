import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { Reservoir } from "../../../src/detection/novelty/reservoir.js";
import { HIDDEN, reservoirWeights } from "../../../src/detection/novelty/reservoir-weights.js";
import { spectralRadius } from "../../../src/detection/spectral-radius.js";
import { Kernel } from "../../../src/kernel/index.js";

const INPUTS = 6;
const ROWS = 1 + INPUTS + HIDDEN;

/** Row 0 is the bias, then inputs, then units; as `affineRow` packs them. */
function weight(packed: Float32Array, row: number, unit: number): number {
  return packed[(Math.floor(unit / 16) * ROWS + row) * 16 + (unit % 16)]!;
}

describe("reservoirWeights()", () => {
  it("makes recurrent weights of spectral radius 0.9, of which 15 % are not 0", () => {
    const kernel = new Kernel();
    const packed = kernel.view(reservoirWeights(kernel, INPUTS, 5), ROWS * HIDDEN);
    const recurrent = Array.from({ length: HIDDEN }, (_, n) =>
      Float64Array.from({ length: HIDDEN }, (_unused, j) => weight(packed, 1 + INPUTS + j, n)),
    );
    expect(spectralRadius(recurrent, new Rng(77))).toBeCloseTo(0.9, 2);
    const used = recurrent.flatMap((row) => [...row]).filter((value) => value !== 0).length;
    expect(used / HIDDEN ** 2).toBeCloseTo(0.15, 1);
  });

  it("gives the same weights for the same seed, and others for another", () => {
    const made = (seed: number) => {
      const kernel = new Kernel();
      return kernel.view(reservoirWeights(kernel, INPUTS, seed), ROWS * HIDDEN).slice();
    };
    expect(made(5)).toEqual(made(5));
    expect(made(5)).not.toEqual(made(6));
  });
});

describe("Reservoir", () => {
  it("Reservoir.step() is h/2 + tanh(W_in [u; 1] + W_h h)/2, and phi = [h; u; 1]", () => {
    const [kernel, rng] = [new Kernel(), new Rng(6)];
    const weights = reservoirWeights(kernel, INPUTS, 5);
    const reservoir = new Reservoir(kernel, weights, INPUTS);
    const packed = kernel.view(weights, ROWS * HIDDEN).slice();
    let h = Array.from({ length: HIDDEN }, () => 0);
    for (let t = 0; t < 50; t++) {
      const u = Array.from({ length: INPUTS }, () => Math.fround(2 * rng.normal()));
      reservoir.step(u);
      h = h.map((value, n) => {
        let sum = weight(packed, 0, n);
        for (const [i, input] of u.entries()) sum += weight(packed, 1 + i, n) * input;
        for (const [j, unit] of h.entries()) sum += weight(packed, 1 + INPUTS + j, n) * unit;
        return 0.5 * value + 0.5 * Math.tanh(sum);
      });
      const phi = kernel.view(reservoir.phi, reservoir.length);
      for (const [n, value] of h.entries()) expect(Math.abs(phi[n]! - value)).toBeLessThan(2e-5);
      const padding = Array.from({ length: reservoir.length - HIDDEN - INPUTS - 1 }, () => 0);
      expect([...phi.slice(HIDDEN)]).toEqual([...u, 1, ...padding]);
    }
    reservoir.release();
  });
});
