import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  KernelModel,
  KernelNetwork,
  Network,
  type NetworkShape,
  networkGraph,
} from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { bidirectionalShapes, shapes } from "./networks.js";

/** float32 against float64: rounding, relative to the largest number of an array. */
const TOLERANCE = 3e-6;

const random = (rng: Rng, length: number, scale = 0.5) =>
  Float64Array.from({ length }, () => Math.fround(scale * rng.normal()));

function difference(a: ArrayLike<number>, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  return b.reduce((worst, value, i) => Math.max(worst, Math.abs(a[i]! - value)), 0) / largest;
}

const wide: readonly (readonly [string, NetworkShape])[] = [
  ["wide Network of GruCell", { cell: "gru", inputs: 8, hidden: 33, layers: 1, outputs: 17 }],
  ["wide Network of LstmCells", { cell: "lstm", inputs: 9, hidden: 48, layers: 2, outputs: 1 }],
  ["wide Network of RnnCells", { cell: "rnn", inputs: 1, hidden: 20, layers: 2, outputs: 1 }],
  [
    "wide Network of ResetBeforeGruCells",
    { cell: "gru", resetAfter: false, inputs: 5, hidden: 17, layers: 2, outputs: 3 },
  ],
];

/** Weights under which states neither die nor run into chaos. */
function create(shape: NetworkShape, rng = new Rng(10)): Network {
  const network = new Network(shape);
  network.weights.set(random(rng, network.weights.length, 0.8 / Math.sqrt(shape.hidden)));
  return network;
}

/** Batch, steps, and where sequences begin within. */
const passes: readonly (readonly [number, number, readonly number[]])[] = [
  [3, 5, []],
  [2, 61, [2, 61, 120]],
  [1, 7, [0, 6]],
];

/** A pass over random input, there and back. */
function pass(network: KernelNetwork, batch: number, steps: number, seed = 11) {
  const rng = new Rng(seed);
  const window = network.window(batch, steps);
  window.input.set(random(rng, window.input.length));
  window.initial.set(random(rng, window.initial.length));
  window.dOutput.set(random(rng, window.dOutput.length));
  return window;
}

function gradientsOf(network: KernelNetwork): Float32Array {
  const gradients = new Float32Array(network.weightCount);
  network.read("gradients", gradients);
  return gradients;
}

/** Runs a batch there and back in the kernel and in the reference; sequences begin where `beginnings` says. */
function expectReference(
  shape: NetworkShape,
  batch: number,
  steps: number,
  beginnings: readonly number[],
  input?: Float64Array,
): void {
  const reference = create(shape);
  const kernel = KernelNetwork.from(reference);
  const window = pass(kernel, batch, steps);
  if (input !== undefined) window.input.set(input);
  const expected = reference.window(batch, steps);
  expected.input.set(window.input);
  expected.initial.set(window.initial);
  expected.dOutput.set(window.dOutput);
  for (const at of beginnings) window.begins[at] = expected.begins[at] = 1;

  window.forward();
  expected.forward();
  expect(difference(window.output, expected.output)).toBeLessThan(TOLERANCE);
  const states = new Float64Array(expected.initial.length);
  window.statesBefore(states, steps);
  const reached = new Float64Array(states.length);
  expected.statesBefore(reached, steps);
  expect(difference(states, reached)).toBeLessThan(TOLERANCE);
  window.backward();
  expected.backward();
  expect(difference(gradientsOf(kernel), reference.gradients)).toBeLessThan(TOLERANCE);
}

describe("KernelNetwork", () => {
  it.each([...shapes, ...bidirectionalShapes, ...wide])(
    "%s: outputs, states and gradients in the kernel are the reference's",
    (_, shape) => {
      for (const [batch, steps, beginnings] of passes) expectReference(shape, batch, steps, beginnings);
    },
  );

  it("outputs, states and gradients in the kernel are the reference's, whatever the sizes", () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    const kind: fc.Arbitrary<Pick<NetworkShape, "cell" | "nonlinearity" | "resetAfter" | "peepholes">> =
      fc.oneof(
        fc.record({
          cell: fc.constant("rnn" as const),
          nonlinearity: fc.constantFrom("tanh", "relu", "sigmoid"),
        }),
        fc.record({ cell: fc.constant("gru" as const), resetAfter: fc.boolean() }),
        fc.record({ cell: fc.constant("lstm" as const), peepholes: fc.boolean() }),
      );
    const sizes = fc.record({
      inputs: size(20),
      hidden: size(40),
      layers: size(2),
      outputs: size(20),
      bidirectional: fc.boolean(),
    });
    const beginnings = fc.array(fc.nat(59), { maxLength: 3 });
    fc.assert(
      fc.property(kind, sizes, size(5), size(12), beginnings, (cell, rest, batch, steps, at) =>
        expectReference({ ...cell, ...rest }, batch, steps, at),
      ),
      { seed: 4, numRuns: 60 },
    );
  });

  it.each(shapes)("%s: of symbols beside a number too, where most inputs are zeros", (_, shape) => {
    const [B, T, inputs] = [3, 20, 19];
    const rng = new Rng(12);
    const input = new Float64Array(B * T * inputs);
    for (let row = 0; row < B * T; row++) {
      input[row * inputs] = rng.normal();
      input[row * inputs + 1 + rng.integer(inputs - 1)] = 1;
    }
    expectReference({ ...shape, inputs }, B, T, [4], input);
  });

  it.each(shapes)(
    "%s: a sequence's outputs and states don't depend on its neighbours in the batch",
    (_, shape) => {
      const network = KernelNetwork.from(create(shape));
      const [B, T] = [5, 9];
      const together = pass(network, B, T);
      together.begins[T + 3] = together.begins[2 * T] = 1;
      together.forward();
      const outputs = together.output.slice();
      const states = new Float64Array(B * network.stateSize);
      together.statesBefore(states, T);
      const alone = network.window(1, T);
      for (let b = 0; b < B; b++) {
        const part = <A extends Float32Array | Float64Array | Uint8Array>(values: A) =>
          values.subarray((b * values.length) / B, ((b + 1) * values.length) / B);
        alone.input.set(part(together.input));
        alone.initial.set(part(together.initial));
        alone.begins.set(part(together.begins));
        alone.forward();
        expect(alone.output).toEqual(part(outputs));
        const state = new Float64Array(network.stateSize);
        alone.statesBefore(state, T);
        expect(state).toEqual(part(states));
      }
    },
  );

  it.each(shapes)("%s: learns from the very bits that stepping gives", (_, shape) => {
    const reference = create(shape);
    const model = new KernelModel(networkGraph(reference));
    const window = pass(KernelNetwork.from(reference), 2, 9);
    window.initial.fill(0);
    window.forward();
    for (let b = 0; b < 2; b++) {
      const state = new Float64Array(model.stateSize);
      const output = new Float64Array(model.outputs);
      for (let row = 9 * b; row < 9 * b + 9; row++) {
        const I = shape.inputs;
        model.step(output, state, Float64Array.from(window.input.subarray(row * I, (row + 1) * I)));
        const O = shape.outputs;
        expect(output).toEqual(Float64Array.from(window.output.subarray(row * O, (row + 1) * O)));
      }
    }
  });

  it("Window.backward() adds to the gradients, and twice the same gives twice the same", () => {
    const network = KernelNetwork.from(create({ cell: "gru", inputs: 3, hidden: 6, layers: 2, outputs: 2 }));
    const window = pass(network, 2, 6);
    window.forward();
    window.backward();
    const once = gradientsOf(network);
    window.forward();
    window.backward();
    expect(
      difference(
        gradientsOf(network),
        Float64Array.from(once, (g) => 2 * g),
      ),
    ).toBeLessThan(TOLERANCE);
    network.clearGradients();
    expect(gradientsOf(network).every((g) => g === 0)).toBe(true);
  });

  it("KernelNetwork.write() and read() keep every weight, in the order of the parameters", () => {
    for (const [, shape] of [...shapes, ...bidirectionalShapes]) {
      const network = new KernelNetwork(shape);
      const values = Float32Array.from({ length: network.weightCount }, (_, i) => i + 1);
      network.write("weights", values);
      const read = new Float32Array(values.length);
      network.read("weights", read);
      expect(read).toEqual(values);
      expect(network.weightCount).toBe(new Network(shape).weightCount);
    }
  });

  it("Window.forward() passes NaN on to its own sequence alone, and the norm tells", () => {
    for (const [, shape] of shapes) {
      const network = KernelNetwork.from(create(shape));
      const window = pass(network, 3, 4);
      window.input[4 * shape.inputs] = NaN;
      window.forward();
      const bad = [...window.output].map(Number.isNaN);
      const each = 4 * shape.outputs;
      expect(bad).toEqual(bad.map((_, i) => i >= each && i < 2 * each));
      window.backward();
      expect(network.gradientSquares()).toBeNaN();
    }
  });

  it("Window.forward() drops elements between layers alike for the same seed, and back-propagates the rest", () => {
    const reference = create({ cell: "gru", inputs: 3, hidden: 16, layers: 2, outputs: 2 });
    const network = KernelNetwork.from(reference);
    const window = pass(network, 4, 12);
    const run = (rate: number, seed = 3) => {
      window.forward({ rate, rng: new Rng(seed) });
      return window.output.slice();
    };
    const outputs = run(0.4);
    network.clearGradients();
    window.backward();
    expect(run(0.4)).toEqual(outputs);
    expect(run(0.4, 4)).not.toEqual(outputs);
    window.forward();
    expect(run(0)).toEqual(window.output.slice());

    // The loss is the outputs' product with dOutput; along the gradient its slope is the gradient's square.
    const gradients = gradientsOf(network);
    const slope = Math.sqrt(network.gradientSquares());
    const loss = (by: number) => {
      network.write(
        "weights",
        reference.weights.map((w, i) => w + (by * gradients[i]!) / slope),
      );
      return run(0.4).reduce((sum, y, i) => sum + y * window.dOutput[i]!, 0);
    };
    const epsilon = 1e-2;
    expect((loss(epsilon) - loss(-epsilon)) / (2 * epsilon) / slope).toBeCloseTo(1, 3);
  });
});
