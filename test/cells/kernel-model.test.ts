import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  KernelModel,
  Network,
  type NetworkShape,
  networkGraph,
  type RecurrentModel,
} from "../../src/cells/index.js";
import { Rng } from "../../src/core/index.js";
import { recurrentModelSuite } from "../conformance/recurrent-model.js";
import { bidirectionalShapes, shapes } from "./networks.js";

/** float32 against float64, absolute for outputs about 1. */
const TOLERANCE = 1e-5;

/** No weight is 0: a first network's biases and peepholes are. */
function create(shape: NetworkShape, seed = 1): Network {
  const rng = new Rng(seed);
  const network = new Network(shape).initialize(rng);
  for (let i = 0; i < network.weights.length; i++) network.weights[i]! += 0.1 * rng.normal();
  return network;
}

const kernelOf = (network: Network) => new KernelModel(networkGraph(network));
const normals = (rng: Rng, length: number) => Float64Array.from({ length }, () => Math.fround(rng.normal()));

function asKernel(model: RecurrentModel): KernelModel {
  if (!(model instanceof KernelModel)) throw new TypeError(`Expected a KernelModel, got ${model.name}`);
  return model;
}

/** Steps x [T, I] from the initial state: outputs [T, O]. */
function stepped(
  model: RecurrentModel,
  x: Float64Array,
  state: Float64Array = new Float64Array(model.stateSize),
): Float64Array {
  const T = x.length / model.inputs;
  const outputs = new Float64Array(T * model.outputs);
  for (let t = 0; t < T; t++) {
    const output = outputs.subarray(t * model.outputs, (t + 1) * model.outputs);
    model.step(output, state, x.subarray(t * model.inputs, (t + 1) * model.inputs));
  }
  return outputs;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

describe.each(shapes)("KernelModel of %s", (_, shape) => {
  recurrentModelSuite("KernelModel", {
    create: (seed) => kernelOf(create(shape, seed)),
    copy: () => kernelOf(create(shape)),
    wholeSequence: (model, input) => Float64Array.from(asKernel(model).run(input)),
  });
});

const cells: readonly Pick<NetworkShape, "cell" | "nonlinearity" | "resetAfter" | "peepholes">[] = [
  { cell: "rnn" },
  { cell: "rnn", nonlinearity: "relu" },
  { cell: "rnn", nonlinearity: "sigmoid" },
  { cell: "gru" },
  { cell: "gru", resetAfter: false },
  { cell: "lstm" },
  { cell: "lstm", peepholes: true },
];

/** Any network that streams, of odd and even sizes. */
const anyShape: fc.Arbitrary<NetworkShape> = fc
  .record({
    cell: fc.constantFrom(...cells),
    head: fc.constantFrom("linear", "gaussian", "quantile", "softmax", "sigmoid"),
    inputs: fc.integer({ min: 1, max: 19 }),
    hidden: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(8, 16, 32, 64)),
    layers: fc.integer({ min: 1, max: 3 }),
    outputs: fc.constantFrom(2, 4, 18),
  })
  .map(({ cell, ...sizes }) => ({ ...cell, ...sizes }));

describe("KernelModel", () => {
  it("step() agrees with the reference", () => {
    fc.assert(
      fc.property(anyShape, fc.nat(), (shape, seed) => {
        const network = create(shape, seed);
        const x = normals(new Rng(seed), 12 * shape.inputs);
        const expected = stepped(network, x);
        const found = stepped(kernelOf(network), x);
        for (const [i, value] of expected.entries()) {
          expect(Math.abs(found[i]! - value)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(value)));
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("stepSlots() gives every key the bits that it gets alone, and run() those of a whole sequence", () => {
    fc.assert(
      fc.property(anyShape, fc.nat(), fc.integer({ min: 1, max: 70 }), (shape, seed, keys) => {
        const model = kernelOf(create(shape, seed));
        const rng = new Rng(seed);
        const T = 3;
        const { inputs: I, outputs: O } = model;
        const xs = Array.from({ length: keys }, () => normals(rng, T * I));
        const slots = xs.map(() => model.acquire());
        const together = Array.from({ length: T }, (_, t) => {
          const inputs = Float64Array.from(xs.flatMap((x) => [...x.subarray(t * I, (t + 1) * I)]));
          const outputs = new Float64Array(keys * O);
          expect(model.stepSlots(outputs, slots, inputs)).toBe(0);
          return outputs;
        });
        for (const [key, x] of xs.entries()) {
          const state = model.initialState;
          const alone = stepped(model, x, state);
          const rows = together.flatMap((outputs) => [...outputs.subarray(key * O, (key + 1) * O)]);
          expect(rows).toEqual([...alone]);
          expect([...model.run(x)]).toEqual([...alone]);
          const held = new Float64Array(model.stateSize);
          model.readState(held, slots[key]!);
          expect(held).toEqual(state);
        }
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it("stepSlots() refuses the rows that are not finite, and no others", () => {
    const model = kernelOf(create({ cell: "lstm", inputs: 2, hidden: 5, layers: 2, outputs: 1 }));
    const slots = Array.from({ length: 7 }, () => model.acquire());
    const inputs = normals(new Rng(3), 14);
    model.stepSlots(new Float64Array(7), slots, inputs);
    const before = slots.map((slot) => read(model, slot));

    inputs[4] = Number.NaN;
    inputs[13] = Number.POSITIVE_INFINITY;
    const outputs = new Float64Array(7);
    expect(model.stepSlots(outputs, slots, inputs)).toBe(2);
    expect([...outputs].map(Number.isNaN)).toEqual([false, false, true, false, false, false, true]);
    for (const [i, slot] of slots.entries()) {
      if (i === 2 || i === 6) expect(read(model, slot)).toEqual(before[i]);
      else expect(read(model, slot)).not.toEqual(before[i]);
    }
  });

  it("step() refuses a state that overflows", () => {
    const network = new Network({
      cell: "rnn",
      nonlinearity: "relu",
      inputs: 1,
      hidden: 1,
      layers: 1,
      outputs: 1,
    });
    network.weights.set([1, 3e38, 0, 0, 0, 0]);
    const model = kernelOf(network);
    const state = Float64Array.of(10);
    const output = new Float64Array(1);
    model.step(output, state, Float64Array.of(1));
    expect([...state, ...output]).toEqual([10, Number.NaN]);
  });

  it("run() reads from both ends as the reference does", () => {
    for (const [, shape] of bidirectionalShapes) {
      const network = create(shape);
      const T = 9;
      const x = normals(new Rng(5), T * shape.inputs);
      const expected = network.window(1, T);
      expected.input.set(x);
      expected.forward();
      expect(largestDifference(kernelOf(network).run(x), expected.output)).toBeLessThan(TOLERANCE);
    }
  });

  it("step() of a network that reads from the end says that it needs whole sequences", () => {
    const model = kernelOf(create(bidirectionalShapes[0]![1]));
    expect(() => stepped(model, new Float64Array(model.inputs))).toThrow(
      expect.objectContaining({ code: "WHOLE_SEQUENCES_ONLY" }),
    );
  });

  it("refuses arrays of other lengths, and slots that nobody holds", () => {
    const model = kernelOf(create({ cell: "gru", inputs: 2, hidden: 3, layers: 1, outputs: 1 }));
    const slot = model.acquire();
    const one = new Float64Array(1);
    expect(() => model.stepSlot(one, slot, one)).toThrow("expected input of 2 numbers, found 1");
    expect(() => model.run(one)).toThrow(expect.objectContaining({ code: "MODEL_SHAPE" }));
    model.release(slot);
    expect(() => model.stepSlot(one, slot, new Float64Array(2))).toThrow(
      expect.objectContaining({ code: "SLOT_NOT_HELD" }),
    );
  });

  it("keeps states through growth, and gives memory back when few slots are left", () => {
    const model = kernelOf(create({ cell: "gru", inputs: 1, hidden: 32, layers: 1, outputs: 1 }));
    const base = model.bytes;
    const slots = Array.from({ length: 60_000 }, () => model.acquire());
    expect(model.bytes).toBeGreaterThan(base + 60_000 * 128);
    const kept = slots.filter((_, i) => i % 1000 === 7);
    const states = kept.map((slot, i) => {
      const state = normals(new Rng(i), 32);
      model.writeState(slot, state);
      return state;
    });
    for (const slot of slots) if (!kept.includes(slot)) model.release(slot);
    expect(model.bytes).toBeLessThan(base + 1_500_000);
    for (const [i, slot] of kept.entries()) expect(read(model, slot)).toEqual(states[i]);

    const x = Float64Array.of(0.5);
    const output = new Float64Array(1);
    expect(model.stepSlot(output, kept[3]!, x)).toBe(true);
    const alone = new Float64Array(1);
    model.step(alone, states[3]!, x);
    expect(output).toEqual(alone);
    model.resetState(kept[3]!);
    expect(read(model, kept[3]!)).toEqual(model.initialState);
  });
});

function read(model: KernelModel, slot: number): Float64Array {
  const state = new Float64Array(model.stateSize);
  model.readState(state, slot);
  return state;
}
