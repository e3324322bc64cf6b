import { describe, expect, it } from "vitest";
import { Network } from "../../../src/cells/index.js";
import { Rng } from "../../../src/core/index.js";
import {
  InputRows,
  type LabelledSequence,
  linearValueRival,
  meanRival,
  readingRival,
  runSequences,
  type SupervisedRecipe,
  type SupervisedShape,
  trainSupervised,
  valueObjective,
  valueScores,
} from "../../../src/training/index.js";

const SHAPE: SupervisedShape = {
  cell: "gru",
  hidden: 12,
  layers: 1,
  bidirectional: false,
  inputs: 1,
  at: "step",
  pool: "last",
};
const RECIPE: SupervisedRecipe = {
  seed: 1,
  epochs: 60,
  batch: 8,
  steps: 40,
  learningRate: 0.01,
  weightDecay: 0,
  dropout: 0,
  noise: { value: 0, sequence: 0 },
  stretch: 0,
};

/** An instrument that follows slowly; the truth is what it follows, in units far from 0 and 1. */
function lagging(count: number, seed: number): LabelledSequence[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => {
    let [truth, shown] = [1000, 1000];
    const x = new Float64Array(60);
    const target = x.map((_, t) => {
      if (rng.uniform() < 0.1) truth = 900 + 200 * rng.uniform();
      shown += 0.3 * (truth - shown);
      x[t] = shown;
      return truth;
    });
    return { x: InputRows.from(x, 1), target, readings: { held: x, interpolated: x } };
  });
}

const mae = (outputs: readonly Float64Array[], data: readonly LabelledSequence[]) =>
  valueScores(
    outputs,
    data.map(({ target }) => target),
  ).scores.mae;

describe("trainSupervised() with values", () => {
  const [training, test] = [lagging(40, 1), lagging(20, 2)];
  const objective = valueObjective(training);

  it("estimates what a linear rival without memory can't, in the value's own unit", () => {
    const network = trainSupervised(SHAPE, objective, RECIPE, () => training);
    const own = mae(runSequences(network, SHAPE, test), test);
    const linear = mae(linearValueRival(training, 1, "step")(test), test);
    expect(own).toBeLessThan(0.5 * linear);
    expect(linear).toBeLessThan(mae(meanRival(training)(test), test));
    expect(mae(readingRival("held")(test), test)).toBeCloseTo(
      mae(
        test.map(({ x }) => x.toArray()),
        test,
      ),
      12,
    );
  });

  it("estimates one value of a whole sequence, both ways", () => {
    // How much higher its first half was than its second.
    const falls = (count: number, seed: number) => {
      const rng = new Rng(seed);
      return Array.from({ length: count }, (): LabelledSequence => {
        const [before, after] = [500 + 40 * rng.normal(), 500 + 40 * rng.normal()];
        const x = Float64Array.from({ length: 16 }, (_, t) => (t < 8 ? before : after) + 4 * rng.normal());
        return { x: InputRows.from(x, 1), target: Float64Array.of(before - after) };
      });
    };
    const shape = { ...SHAPE, at: "end", pool: "mean", bidirectional: true } as const;
    const [own, other] = [falls(200, 1), falls(50, 2)];
    const network = trainSupervised(shape, valueObjective(own), RECIPE, () => own);
    const linear = mae(linearValueRival(own, 1, "end")(other), other);
    expect(mae(runSequences(network, shape, other), other)).toBeLessThan(0.3 * linear);
  });

  it("refuses targets that are not finite", () => {
    const bad = {
      x: InputRows.from(Float64Array.of(1, 2), 1),
      target: Float64Array.of(1, Number.POSITIVE_INFINITY),
    };
    expect(() => trainSupervised(SHAPE, objective, RECIPE, () => [bad])).toThrow(
      "Cannot train network on sequence 0: expected finite values, found Infinity",
    );
    const short = { x: InputRows.from(Float64Array.of(1, 2), 1), target: Float64Array.of(1) };
    expect(() => trainSupervised(SHAPE, objective, RECIPE, () => [short])).toThrow(
      "expected 2 x 1 numbers of targets, found 1",
    );
  });
});

describe("valueObjective()", () => {
  it("standardises targets, and lets the head undo that", () => {
    const objective = valueObjective([{ x: new InputRows(1), target: Float64Array.of(10, 30, NaN) }]);
    expect([...objective.forLoss(Float64Array.of(10, 30, NaN, 40))]).toEqual([-1, 1, NaN, 2]);
    const network = new Network({ cell: "rnn", inputs: 1, hidden: 2, layers: 1, outputs: 1 });
    network.parameter("head.weight").values.set([1, -2]);
    network.parameter("head.bias").values.set([0.5]);
    objective.end(network);
    expect([...network.parameter("head.weight").values]).toEqual([10, -20]);
    expect([...network.parameter("head.bias").values]).toEqual([25]);
  });

  it("takes targets that are all alike, or none, as they are", () => {
    for (const target of [Float64Array.of(7, 7), Float64Array.of(NaN, NaN)]) {
      const { forLoss } = valueObjective([{ x: new InputRows(1), target }]);
      const [one] = forLoss(Float64Array.of(8));
      expect(one).toBe(Number.isNaN(target[0]!) ? 8 : 1);
    }
  });
});

describe("valueScores()", () => {
  it("gives MAE and RMSE over what is known and told", () => {
    const { scores, count } = valueScores(
      [Float64Array.of(1, 2), Float64Array.of(NaN, 5)],
      [Float64Array.of(2, NaN), Float64Array.of(1, 2)],
    );
    expect(count).toBe(2);
    expect(scores).toEqual({ mae: 2, rmse: Math.sqrt(5) });
  });
});
