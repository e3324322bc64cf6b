import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import {
  adoptModel,
  analyzeModel,
  decodeModel,
  loadModelAs,
  ortRuntime,
  runSequence,
} from "../../src/onnx/index.js";
import { buildModel, type ModelSpec, type NodeSpec, type WeightSpec } from "./build-model.js";
import { largestError, streamRows } from "./stream-rows.js";

const name = "pump";
const rng = new Rng(21);
const weights = (...shape: number[]): WeightSpec => ({
  shape,
  values: Array.from(
    { length: shape.reduce((product, length) => product * length, 1) },
    () => 0.5 * rng.normal(),
  ),
});
const ints = (...values: number[]): WeightSpec => ({ shape: [values.length], values, type: 7 });
const node = (
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: NodeSpec["attributes"] = {},
): NodeSpec => ({
  operator,
  inputs,
  outputs,
  attributes,
});
const rows = Array.from({ length: 9 }, () => [rng.normal(), rng.normal()]);

/** One tensor [2, batch, 3] holds h and c; its parts come back joined. */
const joined: ModelSpec = {
  inputs: [
    { name: "a", shape: ["batch", "time", 2] },
    { name: "b", shape: [2, "batch", 3] },
  ],
  outputs: [
    { name: "p", shape: ["time", 1, "batch", 3] },
    { name: "q", shape: [2, "batch", 3] },
  ],
  weights: { W: weights(1, 12, 2), R: weights(1, 12, 3), B: weights(1, 24) },
  nodes: [
    node("Transpose", ["a"], ["x"], { perm: [1, 0, 2] }),
    node("Split", ["b"], ["h", "c"], { axis: 0 }),
    node("LSTM", ["x", "W", "R", "B", "", "h", "c"], ["p", "hn", "cn"], { hidden_size: 3 }),
    node("Concat", ["hn", "cn"], ["q"], { axis: 0 }),
  ],
};

/** Two layers whose states are taken from one tensor [batch, 2, 3] in which layers stand after the batch. */
const layered: ModelSpec = {
  inputs: [
    { name: "memory", shape: ["batch", 2, 3] },
    { name: "x", shape: ["time", "batch", 2] },
  ],
  outputs: [
    { name: "y", shape: ["time", 1, "batch", 3] },
    { name: "next", shape: ["batch", 2, 3] },
  ],
  weights: {
    W: weights(1, 9, 2),
    R: weights(1, 9, 3),
    W2: weights(1, 9, 3),
    R2: weights(1, 9, 3),
    one: ints(1),
  },
  nodes: [
    node("Transpose", ["memory"], ["turned"], { perm: [1, 0, 2] }),
    node("Split", ["turned"], ["h1", "h2"], { axis: 0 }),
    node("GRU", ["x", "W", "R", "", "", "h1"], ["y1", "n1"], { hidden_size: 3 }),
    node("Squeeze", ["y1", "one"], ["s1"]),
    node("GRU", ["s1", "W2", "R2", "", "", "h2"], ["y", "n2"], { hidden_size: 3 }),
    node("Concat", ["n1", "n2"], ["both"], { axis: 0 }),
    node("Transpose", ["both"], ["next"], { perm: [1, 0, 2] }),
  ],
};

/** A state goes in, none comes out. */
const oneWay: ModelSpec = {
  inputs: [
    { name: "x", shape: ["time", "batch", 2] },
    { name: "h0", shape: [1, "batch", 3] },
  ],
  outputs: [{ name: "y", shape: ["time", 1, "batch", 3] }],
  weights: { W: weights(1, 3, 2), R: weights(1, 3, 3) },
  nodes: [node("RNN", ["x", "W", "R", "", "", "h0"], ["y"], { hidden_size: 3 })],
};

/** Two nodes start from one state; each goes on with its own. */
const shared: ModelSpec = {
  ...oneWay,
  outputs: [{ name: "sum", shape: ["time", 1, "batch", 3] }],
  weights: { ...oneWay.weights, W2: weights(1, 3, 2) },
  nodes: [
    ...oneWay.nodes,
    node("RNN", ["x", "W2", "R", "", "", "h0"], ["z"], { hidden_size: 3 }),
    node("Add", ["y", "z"], ["sum"]),
  ],
};

/** Sequences without a batch axis: [time, I]. */
const unbatched: ModelSpec = {
  inputs: [{ name: "x", shape: ["time", 2] }],
  outputs: [{ name: "y", shape: ["time", 3] }],
  weights: { W: weights(1, 3, 2), R: weights(1, 3, 3), one: ints(1), middle: ints(1, 2) },
  nodes: [
    node("Unsqueeze", ["x", "one"], ["x3"]),
    node("RNN", ["x3", "W", "R"], ["y4"], { hidden_size: 3 }),
    node("Squeeze", ["y4", "middle"], ["y"]),
  ],
};

describe("A model whose state is", () => {
  it.each([
    ["one tensor for h and c", joined, "b>q"],
    ["one tensor for two layers", layered, "memory>next"],
    ["given but not given back", oneWay, ""],
    ["shared by two nodes", shared, ""],
    ["hidden, without a batch axis", unbatched, ""],
  ])("%s streams on kernel and ONNX Runtime as over the whole sequence", async (_, spec, pairs) => {
    const bytes = buildModel(spec);
    const analysis = analyzeModel(decodeModel(bytes, { name }), name);
    const { signature } = analysis;
    expect(signature.states.map(({ input, output }) => `${input.name}>${output.name}`).join()).toBe(pairs);
    for (const given of [bytes, adoptModel(bytes, { name }).bytes]) {
      const [kernel, ort] = await Promise.all(
        (["kernel", "ort-web"] as const).map((engine) => loadModelAs(given, { name, engine })),
      );
      expect(kernel!.stateSize).toBe(ort!.stateSize);
      const stepped = await streamRows(kernel!, rows);
      expect(largestError(stepped, await streamRows(ort!, rows))).toBeLessThan(1e-6);
      await ort?.close?.();
    }
    const adopted = adoptModel(bytes, { name }).bytes;
    const whole = await runSequence(
      await ortRuntime("ort-web"),
      adopted,
      analyzeModel(decodeModel(adopted, { name }), name),
      rows.map((row) => Float64Array.from(row)),
    );
    const kernel = await loadModelAs(bytes, { name, engine: "kernel" });
    expect(largestError(await streamRows(kernel, rows), whole)).toBeLessThan(1e-6);
  });
});
