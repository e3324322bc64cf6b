import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import {
  absoluteLoss,
  bernoulliLoss,
  binaryCrossEntropyLoss,
  crossEntropyLoss,
  gaussianLoss,
  huberLoss,
  type Loss,
  quantileLoss,
  squaredLoss,
} from "../../src/training/index.js";

const rng = new Rng(3);
const numbers = (length: number) => Float64Array.from({ length }, () => 2 * rng.normal());

/** Name, loss, outputs [N, O] and targets with one unknown. */
const cases: readonly (readonly [string, Loss, Float64Array, Float64Array])[] = [
  ["squaredLoss()", squaredLoss, numbers(6), Float64Array.of(1, NaN, -2, 0.5, 3, 0)],
  ["absoluteLoss()", absoluteLoss, numbers(6), Float64Array.of(1, NaN, -2, 0.5, 3, 0)],
  ["huberLoss()", huberLoss(0.7), numbers(6), Float64Array.of(1, NaN, -2, 0.5, 3, 0)],
  ["gaussianLoss()", gaussianLoss(1), numbers(6), Float64Array.of(1, NaN, -2)],
  ["quantileLoss()", quantileLoss([0.1, 0.5, 0.9]), numbers(9), Float64Array.of(1, NaN, -2)],
  ["binaryCrossEntropyLoss()", binaryCrossEntropyLoss, numbers(6), Float64Array.of(1, NaN, 0, 0.3, 1, 0)],
  ["crossEntropyLoss()", crossEntropyLoss, numbers(12), Float64Array.of(0, 3, NaN)],
];

describe.each(cases)("%s", (name, loss, output, target) => {
  it(`${name} has the gradient that central differences find, 0 where the target is unknown`, () => {
    const gradient = new Float64Array(output.length);
    loss(gradient, output, target);
    const unused = new Float64Array(output.length);
    const epsilon = 1e-6;
    const numeric = output.map((_, i) => {
      const moved = (by: number) =>
        loss(
          unused,
          Float64Array.from(output, (v, k) => (k === i ? v + by : v)),
          target,
        );
      return (moved(epsilon) - moved(-epsilon)) / (2 * epsilon);
    });
    gradient.forEach((value, i) => {
      expect(value, `output ${i}`).toBeCloseTo(numeric[i] ?? NaN, 8);
    });
    expect(gradient.filter((value) => value === 0)).toHaveLength(output.length / target.length);
  });

  it(`${name} is the mean over the known targets alone, and 0 when none is known`, () => {
    const width = output.length / target.length;
    const known = [...target.keys()].filter((i) => !Number.isNaN(target[i]));
    const rows = known.flatMap((i) => [...output.subarray(i * width, (i + 1) * width)]);
    const gradient = new Float64Array(output.length).fill(9);
    const alone = loss(
      new Float64Array(rows.length),
      Float64Array.from(rows),
      target.filter((v) => !Number.isNaN(v)),
    );
    expect(loss(gradient, output, target)).toBeCloseTo(alone, 14);
    expect(loss(gradient, output, new Float64Array(target.length).fill(NaN))).toBe(0);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });
});

describe("bernoulliLoss()", () => {
  it("is the mean over known sets of what all symbols of each cost, with the gradient of that", () => {
    const [logits, sets] = [numbers(9), Float64Array.of(1, 0, 1, NaN, NaN, NaN, 0, 0, 0)];
    const gradient = new Float64Array(9);
    const cost = (i: number) => Math.log(1 + Math.exp(sets[i] === 1 ? -logits[i]! : logits[i]!));
    const expected = [0, 1, 2, 6, 7, 8].reduce((sum, i) => sum + cost(i), 0) / 2;
    expect(bernoulliLoss(3)(gradient, logits, sets)).toBeCloseTo(expected, 12);
    for (const i of logits.keys()) {
      const moved = (by: number) =>
        bernoulliLoss(3)(
          new Float64Array(9),
          logits.map((z, k) => (k === i ? z + by : z)),
          sets,
        );
      expect(gradient[i]).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 8);
    }
  });
});

describe("losses", () => {
  it("squaredLoss(), absoluteLoss() and huberLoss() of known errors", () => {
    const gradient = new Float64Array(2);
    const errors = Float64Array.of(0.5, -3);
    const zero = new Float64Array(2);
    expect(squaredLoss(gradient, errors, zero)).toBe((0.25 + 9) / 2);
    expect(absoluteLoss(gradient, errors, zero)).toBe((0.5 + 3) / 2);
    expect(huberLoss()(gradient, errors, zero)).toBe((0.125 + 2.5) / 2);
    expect([...gradient]).toEqual([0.25, -0.5]);
  });

  it("gaussianLoss() of several means keeps them apart from their variances", () => {
    const gradient = new Float64Array(4);
    // Two means, 1 and 5, with variances 1 and e^2, against 0 and 5.
    const loss = gaussianLoss(2)(gradient, Float64Array.of(1, 5, 0, 2), Float64Array.of(0, 5));
    expect(loss).toBeCloseTo((1 + 2) / 4 + 0.5 * Math.log(2 * Math.PI), 14);
    expect([...gradient]).toEqual([0.5, 0, 0, 0.25]);
  });

  it("quantileLoss() refuses levels that are none", () => {
    for (const levels of [[], [0], [0.5, 1], [NaN]]) {
      expect(() => quantileLoss(levels)).toThrow(expect.objectContaining({ code: "QUANTILE_LEVELS" }));
    }
  });

  it("binaryCrossEntropyLoss() does not overflow on large logits", () => {
    const gradient = new Float64Array(2);
    expect(binaryCrossEntropyLoss(gradient, Float64Array.of(1e4, -1e4), Float64Array.of(0, 0))).toBe(5e3);
    expect([...gradient]).toEqual([0.5, 0]);
  });

  it("crossEntropyLoss() does not overflow on large logits", () => {
    const gradient = new Float64Array(2);
    expect(crossEntropyLoss(gradient, Float64Array.of(1e4, -1e4), Float64Array.of(1))).toBe(2e4);
    expect([...gradient]).toEqual([1, -1]);
  });
});
