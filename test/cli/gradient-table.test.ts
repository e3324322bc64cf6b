import { describe, expect, it } from "vitest";
import { gradientAdvice, gradientRows } from "../../src/cli/train/gradient-table.js";
import type { GradientHealth, LayerReach } from "../../src/training/index.js";

const layer: LayerReach = {
  distances: [0, 1, 2, 4, 8, 16],
  norms: [1, 0.65, 0.5, 0.0912, 0.01, 0.0001],
  steps: 8,
  depth: 16,
  largest: { norm: 1, distance: 0 },
};
const health: GradientHealth = {
  updates: 600,
  norm: { median: 0.2171, largest: 123456 },
  clipped: 0.25,
  refused: 0.004,
  layers: [layer],
  leftover: null,
  advice: [],
};

describe("gradientRows()", () => {
  it("gradientRows() has a row for each network and layer", () => {
    const grown = { ...layer, norms: [1, 1.2, 3, 12.34, 40, 90], steps: 16 };
    const untrained = { ...health, norm: null, layers: [] };
    expect(
      gradientRows([
        { horizon: 1, networks: [health, { ...health, layers: [layer, grown] }] },
        { horizon: 48, networks: [untrained] },
      ]),
    ).toEqual([
      [
        "gradients",
        "norm",
        "largest",
        "clipped",
        "refused",
        "1 back",
        "4 back",
        "16 back",
        "64 back",
        "reach",
      ],
      ["1 step ahead, network 1", "0.217", "1.2e+5", "25 %", "0.4 %", "65 %", "9.1 %", "<0.1 %", "-", "8"],
      [
        "1 step ahead, network 2, layer 1",
        "0.217",
        "1.2e+5",
        "25 %",
        "0.4 %",
        "65 %",
        "9.1 %",
        "<0.1 %",
        "-",
        "8",
      ],
      ["1 step ahead, network 2, layer 2", "", "", "", "", "120 %", "12.3x", "90.0x", "-", "16+"],
      ["48 steps ahead", "-", "-", "25 %", "0.4 %", "-", "-", "-", "-", "-"],
    ]);
  });
});

describe("gradientAdvice()", () => {
  it("gradientAdvice() speaks once for the networks of a horizon, and names it where there are several", () => {
    const bad = (words: string) => ({ ...health, advice: [words] });
    const one = { horizon: 1, networks: [health, bad("a"), bad("b")] };
    expect(gradientAdvice([one])).toEqual(["a"]);
    expect(gradientAdvice([one, { horizon: 3, networks: [bad("c")] }])).toEqual([
      "1 step ahead: a",
      "3 steps ahead: c",
    ]);
  });
});
