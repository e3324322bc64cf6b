import { describe, expect, it } from "vitest";
import { adoptModel, loadModelAs } from "../../src/onnx/index.js";
import {
  type AttributeSpec,
  buildModel,
  type ModelSpec,
  type NodeSpec,
  rnnNode,
  rnnSpec,
} from "./build-model.js";

const name = "pump";

/** A tanh RNN, x [batch, time, 2] -> s [time, batch, 3], and what comes after it. */
function followedBy(nodes: readonly NodeSpec[], weights: ModelSpec["weights"] = {}): Uint8Array {
  const spec = rnnSpec();
  return buildModel({
    ...spec,
    opset: 18,
    inputs: [{ name: "x", shape: ["batch", "time", 2] }],
    outputs: [{ name: "z", shape: ["a", "b", "c"] }],
    nodes: [
      { operator: "Transpose", inputs: ["x"], outputs: ["xt"], attributes: { perm: [1, 0, 2] } },
      rnnNode({ inputs: ["xt", "W", "R"], outputs: ["y", "yh"] }),
      { operator: "Squeeze", inputs: ["y", "one"], outputs: ["s"] },
      ...nodes,
    ],
    weights: {
      ...spec.weights,
      zero: { shape: [1], values: [0], type: 7 },
      one: { shape: [1], values: [1], type: 7 },
      two: { shape: [1], values: [2], type: 7 },
      minus: { shape: [1], values: [-1], type: 7 },
      ...weights,
    },
  });
}

const node = (
  operator: string,
  inputs: string[],
  attributes: Record<string, AttributeSpec> = {},
  outputs = ["z"],
): NodeSpec => ({
  operator,
  name: "bad",
  inputs,
  outputs,
  attributes,
});

describe("loadModelAs() of what needs other steps than those so far", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    [
      "a mean over time",
      followedBy([node("ReduceMean", ["s", "zero"])]),
      /the node ReduceMean bad: it works over the time axis/,
    ],
    [
      "a softmax over time",
      followedBy([node("Softmax", ["s"], { axis: 0 })]),
      /the node Softmax bad: it works over the time axis/,
    ],
    [
      "attention",
      followedBy([
        { operator: "Transpose", inputs: ["s"], outputs: ["q"], attributes: { perm: [1, 0, 2] } },
        { operator: "Transpose", inputs: ["s"], outputs: ["k"], attributes: { perm: [1, 2, 0] } },
        node("MatMul", ["q", "k"]),
      ]),
      /the node MatMul bad: it multiplies values of all steps/,
    ],
    [
      "the first step",
      followedBy([node("Gather", ["s", "zero"], { axis: 0 })]),
      /the node Gather bad: it takes step 0/,
    ],
    [
      "a shift",
      followedBy([node("Slice", ["s", "zero", "minus", "zero"])]),
      /the node Slice bad: it takes some steps/,
    ],
    [
      "the last step beside every step",
      followedBy([
        { operator: "Gather", inputs: ["s", "minus"], outputs: ["last"], attributes: { axis: 0 } },
        node("Add", ["s", "last"]),
      ]),
      /the node Add bad: it joins the last step's value to every step's/,
    ],
    [
      "a convolution over time",
      followedBy(
        [
          { operator: "Transpose", inputs: ["s"], outputs: ["c"], attributes: { perm: [1, 2, 0] } },
          node("Conv", ["c", "kernel"], { kernel_shape: [3], pads: [1, 1] }),
        ],
        { kernel: { shape: [3, 3, 3], values: new Array(27).fill(0.1) } },
      ),
      /the node Conv bad: it looks at 3 time steps at once/,
    ],
    [
      "windows of the sequence",
      followedBy([node("Reshape", ["s", "windows"])], {
        windows: { shape: [4], values: [-1, 5, 1, 3], type: 7 },
      }),
      /the node Reshape bad: /,
    ],
    [
      "a second sequence that is the last step's",
      followedBy([
        { operator: "Unsqueeze", inputs: ["yh", "zero"], outputs: ["u"] },
        { operator: "Squeeze", inputs: ["u", "one"], outputs: ["last"] },
        node("RNN", ["last", "R", "R"], { hidden_size: 3 }),
      ]),
      /the node RNN bad: it reads what is known only after the last step/,
    ],
    [
      "a state out of another node's",
      followedBy([node("RNN", ["xt", "W", "R", "", "", "yh"], { hidden_size: 3 })]),
      /the node RNN bad: its initial state is computed from the data/,
    ],
    [
      "a bidirectional node",
      followedBy([node("RNN", ["s", "W", "R"], { hidden_size: 3, direction: "bidirectional" })], {
        W: { shape: [1, 3, 2], values: [1, 2, 3, 4, 5, 6] },
      }),
      /the node RNN bad: it reads the sequence from its end/,
    ],
  ];

  it.each(cases)("names the node and the reason: %s", async (_, bytes, message) => {
    for (const load of [
      async () => loadModelAs(bytes, { name }),
      async () => loadModelAs(bytes, { name, engine: "ort-web" }),
      async () => adoptModel(bytes, { name }),
    ]) {
      await expect(load()).rejects.toMatchObject({
        code: "ONNX_NOT_STREAMABLE",
        message: expect.stringMatching(message),
      });
    }
  });

  it("names a loop that is a cell of its own", async () => {
    const spec = rnnSpec({
      inputs: [{ name: "x", shape: ["time", "batch", 2] }],
      outputs: [{ name: "y", shape: ["time", "batch", 2] }],
      nodes: [node("Scan", ["x"], {}, ["y"])],
    });
    await expect(loadModelAs(buildModel(spec), { name })).rejects.toThrow(
      /the node Scan bad: it goes through/,
    );
  });

  it("names several data inputs", async () => {
    const spec = rnnSpec({
      inputs: ["x", "u"].map((input) => ({ name: input, shape: ["time", "batch", 1] })),
      outputs: [{ name: "y", shape: ["time", 1, "batch", 3] }],
      nodes: [
        { operator: "Concat", inputs: ["x", "u"], outputs: ["xu"], attributes: { axis: 2 } },
        rnnNode({ inputs: ["xu", "W", "R"], outputs: ["y"] }),
      ],
    });
    await expect(loadModelAs(buildModel(spec), { name })).rejects.toThrow("found several data inputs: x, u");
  });

  it("names the input that tells lengths of sequences", async () => {
    const spec = rnnSpec({
      inputs: [
        { name: "x", shape: ["time", "batch", 2] },
        { name: "lengths", shape: ["batch"], type: 6 },
      ],
      outputs: [{ name: "y", shape: ["time", 1, "batch", 3] }],
      nodes: [rnnNode({ inputs: ["x", "W", "R", "", "lengths"], outputs: ["y"] })],
    });
    await expect(loadModelAs(buildModel(spec), { name })).rejects.toThrow(
      "the node RNN rnn: the input lengths tells it the lengths of the sequences",
    );
  });

  it("finds a node that mixes time steps though it does not know it, by running it", async () => {
    const bytes = followedBy([node("CumSum", ["s", "first"])], {
      first: { shape: [], values: [0], type: 7 },
    });
    await expect(loadModelAs(bytes, { name })).rejects.toThrow(
      /the node CumSum bad: Eddy does not know the operator CumSum, and step by step it gives other numbers/,
    );
  });
});

describe("loadModelAs() of what the kernel lacks", () => {
  const clip = { hidden_size: 3, clip: { real: 0.5 } };
  const cases: [string, Uint8Array, RegExp][] = [
    ["an operator", followedBy([node("Sin", ["s"])]), /the node Sin bad: the kernel has no Sin/],
    [
      "an unknown operator",
      followedBy([node("Einsum", ["s"], { equation: "tbi->tbi" })]),
      /the node Einsum bad: Eddy does not know/,
    ],
    [
      "a clipped cell",
      followedBy([node("RNN", ["xt", "W", "R"], clip, ["", "z"])]),
      /the node RNN bad: the kernel has no clip/,
    ],
    [
      "a cell with other activations",
      followedBy([node("RNN", ["xt", "W", "R"], { hidden_size: 3, activations: ["Softsign"] }, ["", "z"])]),
      /the node RNN bad: the kernel has no RNN with the activations softsign/,
    ],
  ];

  it.each(cases)("names the node, and runs it in ONNX Runtime: %s", async (_, bytes, message) => {
    await expect(loadModelAs(bytes, { name, engine: "kernel" })).rejects.toMatchObject({
      code: "KERNEL_LACKS",
      message: expect.stringMatching(message),
    });
    const model = await loadModelAs(bytes, { name });
    const output = new Float64Array(model.outputs);
    await model.step(output, new Float64Array(model.stateSize), Float64Array.of(1, -1));
    expect(output.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    await model.close?.();
  });
});
