import { describe, expect, it } from "vitest";
import { Adam, AdamW, GuardedUpdate, type Optimizer, RmsProp, Sgd } from "../../src/training/index.js";
import { gradientsOf, learners, weightsOf } from "./learners.js";

const shape = { cell: "rnn", inputs: 1, hidden: 2, layers: 1, outputs: 1 } as const;

describe.each(learners)("optimizers of a %s", (_, { create, digits }) => {
  /** A network whose first weights are these; step() gives it gradients and moves it. */
  const start = (...first: number[]) => {
    const network = create(shape, 1);
    const fill = (values: readonly number[]) =>
      Float64Array.from({ length: network.weightCount }, (_, i) => values[i] ?? 0);
    network.write("weights", fill(first));
    return {
      step(optimizer: Optimizer, ...gradients: number[]) {
        network.write("gradients", fill(gradients));
        network.update(optimizer.next(), 1);
        return weightsOf(network);
      },
    };
  };

  it("Sgd with momentum and weight decay follows PyTorch's rule", () => {
    const sgd = new Sgd({ learningRate: 0.1, momentum: 0.5, weightDecay: 0.2 });
    const network = start(1);
    expect(network.step(sgd, 0.3)[0]).toBeCloseTo(1 - 0.1 * 0.5, digits);
    expect(network.step(sgd, 0)[0]).toBeCloseTo(0.95 - 0.1 * (0.25 + 0.2 * 0.95), digits);
  });

  it("Adam first moves every weight by the learning rate, whatever the gradient's size", () => {
    const weights = start().step(new Adam({ learningRate: 0.01, epsilon: 0 }), 1e-5, -7, 300, 0.1, 1, 1, 1);
    for (const [i, sign] of [-1, 1, -1].entries()) expect(weights[i]).toBeCloseTo(0.01 * sign, digits);
  });

  it("Adam adds weight decay to the gradient, AdamW takes it off the weight", () => {
    const options = { learningRate: 0.01, epsilon: 0, weightDecay: 0.1 };
    expect(start(2).step(new Adam(options), 0.5)[0]).toBeCloseTo(2 - 0.01, digits);
    expect(start(2).step(new AdamW(options), 0.5)[0]).toBeCloseTo(2 * (1 - 0.01 * 0.1) - 0.01, digits);
  });

  it("RmsProp with momentum and weight decay follows PyTorch's rule", () => {
    const options = { learningRate: 0.1, alpha: 0.9, epsilon: 0, momentum: 0.5, weightDecay: 0.2 };
    const rmsProp = new RmsProp(options);
    const network = start(1);
    // g = 0.5, v = 0.025, u = 0.5 / sqrt(0.025)
    const u = 0.5 / Math.sqrt(0.025);
    const w = network.step(rmsProp, 0.3)[0]!;
    expect(w).toBeCloseTo(1 - 0.1 * u, digits);
    const v = 0.9 * 0.025 + 0.1 * (0.2 * w) ** 2;
    const next = w - 0.1 * (0.5 * u + (0.2 * w) / Math.sqrt(v));
    expect(network.step(rmsProp, 0)[0]).toBeCloseTo(next, digits);
  });

  it("Adam.learningRate may be changed between steps", () => {
    const adam = new Adam({ learningRate: 1 });
    adam.learningRate = 0;
    expect(start(3).step(adam, 1)[0]).toBe(3);
  });
});

describe.each(learners)("GuardedUpdate of a %s", (_, { create, digits }) => {
  const start = (gradients: Readonly<Record<number, number>> = {}) => {
    const network = create(shape, 1);
    const update = new GuardedUpdate(network, new Sgd({ learningRate: 1, momentum: 0.5 }), 5);
    const given = new Float64Array(network.weightCount);
    for (const [i, value] of Object.entries(gradients)) given[Number(i)] = value;
    network.write("gradients", given);
    return { network, update, before: weightsOf(network) };
  };

  it("GuardedUpdate.apply() clips by the global norm and counts it", () => {
    const { network, update, before } = start({ 0: 30, 3: -40 });
    expect(update.apply(1)).toEqual({ loss: 1, gradientNorm: 50, applied: true });
    expect(update.clipped).toBe(1);
    const weights = weightsOf(network);
    expect(weights[0]).toBeCloseTo((before[0] ?? NaN) - 3, 6);
    expect(weights[3]).toBeCloseTo((before[3] ?? NaN) + 4, 6);
  });

  it("GuardedUpdate.apply() leaves a small gradient as it is", () => {
    const { network, update, before } = start({ 0: 4.5 });
    update.apply(1);
    expect(weightsOf(network)[0]).toBeCloseTo((before[0] ?? NaN) - 4.5, digits);
    expect(gradientsOf(network)[0]).toBe(4.5);
    expect(update.clipped).toBe(0);
  });

  it.each([
    ["the loss is NaN", NaN, 1],
    ["the loss is infinite", Infinity, 1],
    ["a gradient is NaN", 1, NaN],
    ["a gradient is infinite", 1, -Infinity],
    ["the norm overflows", 1, 1e200],
  ])(
    "GuardedUpdate.apply() refuses the update when %s: nothing changes, it is counted",
    (_why, loss, bad) => {
      const { network, update, before } = start({ 2: bad });
      const saved = update.save();
      expect(update.apply(loss).applied).toBe(false);
      expect(weightsOf(network)).toEqual(before);
      expect(update.save()).toEqual(saved);
      expect([update.refused, update.clipped]).toEqual([1, 0]);
    },
  );
});
