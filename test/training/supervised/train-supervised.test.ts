import { describe, expect, it } from "vitest";
import { KernelNetwork, Network } from "../../../src/cells/index.js";
import { Rng } from "../../../src/core/index.js";
import {
  classificationScores,
  classObjective,
  InputRows,
  type LabelledSequence,
  linearRival,
  majorityRival,
  runSequences,
  type SupervisedRecipe,
  type SupervisedShape,
  trainSupervised,
} from "../../../src/training/index.js";
import { stretchSequence } from "../../../src/training/supervised/alter-sequence.js";
import { fillWindow, shuffledBatches, windowSteps } from "../../../src/training/supervised/padded-batches.js";
import { pooled, unpool } from "../../../src/training/supervised/pooled.js";

const SHAPE: SupervisedShape = {
  cell: "gru",
  hidden: 12,
  layers: 1,
  bidirectional: false,
  inputs: 2,
  at: "end",
  pool: "last",
};
const CLASSES = classObjective(2);
const RECIPE: SupervisedRecipe = {
  seed: 1,
  epochs: 60,
  batch: 16,
  steps: 50,
  learningRate: 0.01,
  weightDecay: 0.01,
  dropout: 0.1,
  noise: { value: 0.1, sequence: 0 },
  stretch: 0.1,
};

/** Which of two inputs is high first? Their means don't tell; units and offsets are none of the network's business. */
function orders(count: number, seed: number): LabelledSequence[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => {
    const label = rng.integer(2);
    const T = 6 + rng.integer(8);
    const x = Float64Array.from({ length: 2 * T }, (_, i) => {
      const isHigh = Math.floor(i / 2) < T / 2 === (i % 2 === label);
      return 500 + 40 * ((isHigh ? 1 : 0) + 0.3 * rng.normal());
    });
    return { x: InputRows.from(x, 2), target: Float64Array.of(label) };
  });
}

/** Whether so many ones have come, as a class of every step: even or odd. */
function parities(count: number, seed: number): LabelledSequence[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => {
    const T = 8 + rng.integer(5);
    const x = new Float64Array(2 * T);
    const target = new Float64Array(T);
    for (let t = 0, ones = 0; t < T; t++) {
      x[2 * t] = rng.integer(2);
      ones += x[2 * t]!;
      target[t] = ones % 2;
    }
    return { x: InputRows.from(x, 2), target };
  });
}

const accuracy = (logits: readonly Float64Array[], data: readonly LabelledSequence[]) =>
  classificationScores(
    logits,
    data.map(({ target }) => target),
    2,
  ).scores.accuracy;

describe("trainSupervised()", () => {
  const training = orders(160, 1);
  const test = orders(100, 2);

  it.each([
    ["the last step", {}],
    ["the mean of all steps", { pool: "mean" }],
    ["the mean of all steps, both ways", { pool: "mean", bidirectional: true }],
  ] as const)("learns what no softmax regression on means can, by %s", (_, more) => {
    const shape = { ...SHAPE, ...more };
    const network = trainSupervised(shape, CLASSES, RECIPE, () => training);
    expect(accuracy(runSequences(network, shape, test), test)).toBeGreaterThan(0.95);
    expect(accuracy(linearRival(training, 2, 2, "end")(test), test)).toBeLessThan(0.7);
    expect(accuracy(majorityRival(training, 2)(test), test)).toBeLessThan(0.65);
  });

  it("learns a class of every step", () => {
    const shape = { ...SHAPE, at: "step" } as const;
    const recipe = { ...RECIPE, dropout: 0, stretch: 0, epochs: 150 };
    const network = trainSupervised(shape, CLASSES, recipe, () => parities(200, 1));
    const fresh = parities(50, 2);
    expect(accuracy(runSequences(network, shape, fresh), fresh)).toBeGreaterThan(0.98);
  });

  it("learns classes of steps that only later steps tell, both ways, by whole sequences", () => {
    const backward = (count: number, seed: number) =>
      parities(count, seed).map(({ x, target }) => {
        const turned = new InputRows(2);
        for (const t of target.keys()) turned.append(x.toArray(x.steps - 1 - t, x.steps - t));
        return { x: turned, target: target.toReversed() };
      });
    const recipe = { ...RECIPE, dropout: 0, stretch: 0, epochs: 100, whole: true };
    const [known, fresh] = [backward(200, 1), backward(50, 2)];
    const right = (bidirectional: boolean) => {
      const shape = { ...SHAPE, at: "step", bidirectional } as const;
      const network = trainSupervised(shape, CLASSES, recipe, () => known);
      return accuracy(runSequences(network, shape, fresh), fresh);
    };
    expect(right(true)).toBeGreaterThan(0.98);
    expect(right(false)).toBeLessThan(0.75);
    expect(() =>
      trainSupervised(
        { ...SHAPE, at: "step", bidirectional: true },
        CLASSES,
        { ...recipe, whole: false },
        () => known,
      ),
    ).toThrow(expect.objectContaining({ code: "WHOLE_SEQUENCES_ONLY" }));
  });

  it("gives the same network for the same seed, and another for another", () => {
    const weights = (seed: number) =>
      trainSupervised(SHAPE, CLASSES, { ...RECIPE, seed, epochs: 2 }, () => training.slice(0, 20)).weights;
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  it("gives an input that never changed no weight, and takes plain inputs as they are", () => {
    const wide = training.map(({ x, target }) => ({
      x: InputRows.from(Float64Array.from(Array.from(x.rows(), (row) => [...row, 0]).flat()), 3),
      target,
    }));
    const shape = { ...SHAPE, inputs: 3, plain: [false, false, true] };
    const network = trainSupervised(shape, CLASSES, { ...RECIPE, epochs: 30 }, () => wide);
    const { values } = network.parameter("rnn.weight_ih_l0");
    expect(values.filter((_, i) => i % 3 === 2).every((weight) => weight === 0)).toBe(true);
    expect(accuracy(runSequences(network, shape, wide), wide)).toBeGreaterThan(0.95);
  });

  it("says which sequence can't be", () => {
    const bad = { x: InputRows.from(Float64Array.of(1, Number.NaN), 2), target: Float64Array.of(0) };
    expect(() => trainSupervised(SHAPE, CLASSES, RECIPE, () => [bad])).toThrow(
      "Cannot train network on sequence 0: expected finite values, found NaN at step 0",
    );
    const unknown = { x: InputRows.from(Float64Array.of(1, 2), 2), target: Float64Array.of(2) };
    expect(() => trainSupervised(SHAPE, CLASSES, RECIPE, () => [unknown])).toThrow(
      "expected classes from 0 to 1, found 2",
    );
  });
});

describe("unpool()", () => {
  it.each(["last", "mean"] as const)("is the gradient of pooled() (%s)", (pool) => {
    const rng = new Rng(4);
    const outputs = Float64Array.from({ length: 12 }, () => rng.normal());
    const slopes = Float64Array.from({ length: 3 }, () => rng.normal());
    const loss = (y: Float64Array) => pooled(y, pool, 3).reduce((sum, one, k) => sum + one * slopes[k]!, 0);
    const gradient = new Float64Array(12).fill(7);
    unpool(gradient, slopes, pool);
    for (const i of outputs.keys()) {
      const moved = (by: number) => loss(outputs.map((y, k) => (k === i ? y + by : y)));
      expect(gradient[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
    }
  });
});

describe("KernelWindow with dropout of what the head sees", () => {
  it.each([false, true])("back-propagates through what was dropped (steady: %s)", (steady) => {
    const network = KernelNetwork.from(
      new Network({ cell: "gru", inputs: 2, hidden: 5, layers: 2, outputs: 2 }).initialize(new Rng(1)),
    );
    const window = network.window(3, 4);
    const rng = new Rng(2);
    const slopes = Float32Array.from({ length: 24 }, () => rng.normal());
    const input = Float32Array.from({ length: 24 }, () => rng.normal());
    const weights = new Float64Array(network.weightCount);
    network.read("weights", weights);
    const run = (given: Float64Array) => {
      network.write("weights", given);
      window.input.set(input);
      window.forward({ rate: 0.4, rng: new Rng(7), head: true, steady });
      return window.output.reduce((sum, y, i) => sum + y * slopes[i]!, 0);
    };
    run(weights);
    network.clearGradients();
    window.dOutput.set(slopes);
    window.backward();
    const gradients = new Float64Array(network.weightCount);
    network.read("gradients", gradients);
    for (let i = 0; i < weights.length; i += 7) {
      const moved = (by: number) => run(weights.map((weight, k) => (k === i ? weight + by : weight)));
      expect(Math.abs(gradients[i]! - (moved(0.01) - moved(-0.01)) / 0.02)).toBeLessThan(2e-3);
    }
  });
});

describe("shuffledBatches()", () => {
  it("has every sequence once, and those of like lengths together", () => {
    const sequences = orders(70, 3);
    const batches = shuffledBatches(sequences, 16, new Rng(1));
    expect(batches.map(({ length }) => length).sort((a, b) => a - b)).toEqual([6, 16, 16, 16, 16]);
    expect(new Set(batches.flat())).toEqual(new Set(sequences));
    const spread = (part: readonly LabelledSequence[]) => {
      const lengths = part.map(({ x }) => x.steps);
      return Math.max(...lengths) - Math.min(...lengths);
    };
    expect(Math.max(...batches.map(spread))).toBeLessThan(spread(sequences));
  });

  it("windowSteps() has few sizes, none much longer than needed", () => {
    const sizes = new Set(Array.from({ length: 1000 }, (_, i) => windowSteps(i + 1)));
    expect([...sizes].slice(0, 6)).toEqual([8, 12, 16, 24, 32, 48]);
    for (let steps = 8; steps < 1000; steps++) {
      expect(windowSteps(steps)).toBeGreaterThanOrEqual(steps);
      expect(windowSteps(steps)).toBeLessThan(1.51 * steps);
    }
  });

  it("fillWindow() lets a reverse cell begin at each sequence's own end", () => {
    const network = KernelNetwork.from(
      new Network({
        cell: "gru",
        bidirectional: true,
        inputs: 2,
        hidden: 4,
        layers: 1,
        outputs: 2,
      }).initialize(new Rng(5)),
    );
    const [short, long] = orders(9, 6).sort((a, b) => a.x.steps - b.x.steps);
    const outputs = (batch: readonly LabelledSequence[]) => {
      const window = network.window(2, 16);
      fillWindow(window, batch);
      window.forward();
      return Array.from(window.output.subarray(0, 2 * short!.x.steps));
    };
    const alone = outputs([short!]);
    expect(outputs([short!, long!])).toEqual(alone);
    const exact = network.window(1, short!.x.steps);
    fillWindow(exact, [short!]);
    exact.forward();
    for (const [i, output] of exact.output.entries()) expect(alone[i]).toBeCloseTo(output, 5);
  });
});

describe("stretchSequence()", () => {
  it("interpolates values and takes the nearest step's target", () => {
    const sequence = { x: InputRows.from(Float64Array.of(0, 10, 20), 1), target: Float64Array.of(0, 0, 1) };
    const { x, target } = stretchSequence(sequence, { inputs: 1, at: "step" }, 5 / 3);
    expect([...x.toArray()]).toEqual([0, 5, 10, 15, 20]);
    expect([...target]).toEqual([0, 0, 0, 1, 1]);
  });
});

describe("classificationScores()", () => {
  it("gives accuracy, macro F1 and the mean of -ln p over what is known", () => {
    const logits = [Float64Array.of(2, 0, 0, 2), Float64Array.of(0, 2, 5, 5)];
    const classes = [Float64Array.of(0, 1), Float64Array.of(0, Number.NaN)];
    const { scores, count } = classificationScores(logits, classes, 2);
    expect(count).toBe(3);
    expect(scores.accuracy).toBeCloseTo(2 / 3, 12);
    expect(scores.macroF1).toBeCloseTo(2 / 3, 12);
    const right = Math.log(1 + Math.exp(-2));
    expect(scores.nll).toBeCloseTo((2 * right + Math.log(1 + Math.exp(2))) / 3, 12);
  });

  it("pooled() gives the last step's logits, or their mean", () => {
    const logits = Float64Array.of(1, 2, 3, 6);
    expect([...pooled(logits, "last", 2)]).toEqual([3, 6]);
    expect([...pooled(logits, "mean", 2)]).toEqual([2, 4]);
  });
});
