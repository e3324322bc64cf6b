import { describe, expect, it } from "vitest";
import { aucPr, softLabels, stretches, vusPr } from "../../../src/cli/bench/detect/vus.js";
import { Rng } from "../../../src/core/index.js";

const labels = Uint8Array.of(0, 0, 1, 1, 0, 0, 0, 0, 1, 0);

/** As the authors' code has it, threshold by threshold and row by row. */
function plain(scores: Float64Array, truth: Uint8Array, buffer: number): number {
  const T = scores.length;
  const sorted = [...scores].sort((a, b) => b - a);
  const P = truth.reduce((sum, label) => sum + label, 0);
  let volume = 0;
  for (let window = 0; window <= buffer; window++) {
    const soft = softLabels(truth, window);
    const segments = stretches(soft);
    let before = 0;
    for (let k = 0; k < 250; k++) {
      const threshold = sorted[Math.floor((k * (T - 1)) / 249)]!;
      const found = [...scores].map((score, i) => (score >= threshold ? soft[i]! : 0));
      const predicted = [...scores].filter((score) => score >= threshold).length;
      const TP = found.reduce((sum, value) => sum + value, 0);
      const existing = segments.filter(([a, b]) => found.slice(a, b + 1).some((value) => value > 0)).length;
      const recall =
        Math.min(TP / ((P + soft.reduce((sum, value) => sum + value, 0)) / 2), 1) *
        (existing / segments.length);
      volume += (recall - before) * (TP / predicted);
      before = recall;
    }
  }
  return volume / (buffer + 1);
}

describe("stretches()", () => {
  it("gives the anomalies' first and last rows", () => {
    expect(stretches(labels)).toEqual([
      [2, 3],
      [8, 8],
    ]);
  });
});

describe("aucPr()", () => {
  it("is the average precision, ties taken together", () => {
    expect(aucPr(Float64Array.from(labels), labels)).toBe(1);
    // All alike: the share of anomalies.
    expect(aucPr(new Float64Array(10), labels)).toBeCloseTo(0.3, 12);
    // Ranks 1 (hit), 2 (miss), 3 (hit), ..., 10 (hit): (1 + 2/3 + 3/10) / 3.
    const scores = Float64Array.of(5, 9, 10, 8, 7, 6, 4, 3, 1, 2);
    expect(aucPr(scores, labels)).toBeCloseTo((1 + 2 / 3 + 3 / 10) / 3, 12);
  });
});

describe("softLabels()", () => {
  it("fall off as the root of the distance over half a window", () => {
    const soft = softLabels(Uint8Array.of(0, 0, 0, 1, 0, 0, 0), 4);
    expect([...soft]).toEqual([0, Math.sqrt(0.5), Math.sqrt(0.75), 1, Math.sqrt(0.75), 0, 0]);
  });
});

describe("vusPr()", () => {
  it("is what the definition says, threshold by threshold", () => {
    const rng = new Rng(1);
    const truth = Uint8Array.from({ length: 300 }, (_, i) => ((i > 100 && i < 120) || i === 250 ? 1 : 0));
    const scores = Float64Array.from(truth, (label) => Math.round(4 * (label + rng.normal())) / 4);
    expect(vusPr(scores, truth, 10)).toBeCloseTo(plain(scores, truth, 10), 10);
  });

  it("prefers alarms near an anomaly to alarms far from it", () => {
    const truth = Uint8Array.from({ length: 400 }, (_, i) => (i >= 200 && i < 210 ? 1 : 0));
    const at = (row: number) => Float64Array.from(truth, (_, i) => (Math.abs(i - row) < 5 ? 1 : 0));
    expect(vusPr(at(205), truth, 40)).toBeGreaterThan(vusPr(at(217), truth, 40));
    expect(vusPr(at(217), truth, 40)).toBeGreaterThan(vusPr(at(300), truth, 40));
  });
});
