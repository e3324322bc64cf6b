import { describe, expect, it } from "vitest";
import { Network } from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { Adam, AdamW, GuardedUpdate, RmsProp, Sgd } from "../../src/training/index.js";

describe("optimizers", () => {
  it("Sgd.step() with momentum and weight decay follows PyTorch's rule", () => {
    const weights = Float64Array.of(1);
    const sgd = new Sgd(1, { learningRate: 0.1, momentum: 0.5, weightDecay: 0.2 });
    sgd.step(weights, Float64Array.of(0.3));
    expect(weights[0]).toBeCloseTo(1 - 0.1 * 0.5, 15);
    sgd.step(weights, Float64Array.of(0));
    expect(weights[0]).toBeCloseTo(0.95 - 0.1 * (0.25 + 0.2 * 0.95), 15);
  });

  it("Adam.step() first moves every weight by the learning rate, whatever the gradient's size", () => {
    const weights = Float64Array.of(0, 0, 0);
    new Adam(3, { learningRate: 0.01, epsilon: 0 }).step(weights, Float64Array.of(1e-5, -7, 300));
    for (const [i, sign] of [-1, 1, -1].entries()) expect(weights[i]).toBeCloseTo(0.01 * sign, 15);
  });

  it("Adam adds weight decay to the gradient, AdamW takes it off the weight", () => {
    const coupled = Float64Array.of(2);
    const decoupled = Float64Array.of(2);
    new Adam(1, { learningRate: 0.01, epsilon: 0, weightDecay: 0.1 }).step(coupled, Float64Array.of(0.5));
    new AdamW(1, { learningRate: 0.01, epsilon: 0, weightDecay: 0.1 }).step(decoupled, Float64Array.of(0.5));
    expect(coupled[0]).toBeCloseTo(2 - 0.01, 15);
    expect(decoupled[0]).toBeCloseTo(2 * (1 - 0.01 * 0.1) - 0.01, 15);
  });

  it("RmsProp.step() with momentum and weight decay follows PyTorch's rule", () => {
    const weights = Float64Array.of(1);
    const options = { learningRate: 0.1, alpha: 0.9, epsilon: 0, momentum: 0.5, weightDecay: 0.2 };
    const rmsProp = new RmsProp(1, options);
    rmsProp.step(weights, Float64Array.of(0.3));
    // g = 0.5, v = 0.025, u = 0.5 / sqrt(0.025)
    const u = 0.5 / Math.sqrt(0.025);
    expect(weights[0]).toBeCloseTo(1 - 0.1 * u, 14);
    const w = weights[0]!;
    rmsProp.step(weights, Float64Array.of(0));
    const v = 0.9 * 0.025 + 0.1 * (0.2 * w) ** 2;
    expect(weights[0]).toBeCloseTo(w - 0.1 * (0.5 * u + (0.2 * w) / Math.sqrt(v)), 14);
  });

  it("Adam.learningRate may be changed between steps", () => {
    const weights = Float64Array.of(0);
    const adam = new Adam(1, { learningRate: 1, epsilon: 0 });
    adam.learningRate = 0;
    adam.step(weights, Float64Array.of(1));
    expect(weights[0]).toBe(0);
  });
});

describe("GuardedUpdate", () => {
  const create = () => {
    const network = new Network({ cell: "rnn", inputs: 1, hidden: 2, layers: 1, outputs: 1 }).initialize(
      new Rng(1),
    );
    const update = new GuardedUpdate(new Sgd(network.weights.length, { learningRate: 1 }), 5);
    return { network, update, before: network.weights.slice() };
  };

  it("GuardedUpdate.apply() clips by the global norm and counts it", () => {
    const { network, update, before } = create();
    network.gradients[0] = 30;
    network.gradients[3] = -40;
    expect(update.apply(network, 1)).toEqual({ loss: 1, gradientNorm: 50, applied: true });
    expect(update.clipped).toBe(1);
    expect(network.weights[0]).toBeCloseTo((before[0] ?? NaN) - 3, 6);
    expect(network.weights[3]).toBeCloseTo((before[3] ?? NaN) + 4, 6);
  });

  it("GuardedUpdate.apply() leaves a small gradient as it is", () => {
    const { network, update } = create();
    network.gradients[0] = 4.9;
    update.apply(network, 1);
    expect(network.gradients[0]).toBe(4.9);
    expect(update.clipped).toBe(0);
  });

  it.each([
    ["the loss is NaN", NaN, 1],
    ["the loss is infinite", Infinity, 1],
    ["a gradient is NaN", 1, NaN],
    ["a gradient is infinite", 1, -Infinity],
    ["the norm overflows", 1, 1e200],
  ])(
    "GuardedUpdate.apply() refuses the update when %s: weights unchanged, counted",
    (_why, loss, gradient) => {
      const { network, update, before } = create();
      network.gradients[2] = gradient;
      expect(update.apply(network, loss).applied).toBe(false);
      expect(network.weights).toEqual(before);
      expect([update.refused, update.clipped]).toEqual([1, 0]);
    },
  );
});
