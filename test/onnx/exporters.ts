import { Rng } from "../../src/core/index.js";
import type { ModelSpec, NodeSpec, WeightSpec } from "./build-model.js";

/** Sizes of the models here: I, H, O. */
export const I = 3;
export const H = 4;
export const O = 2;

const rng = new Rng(12);
function weights(...shape: number[]): WeightSpec {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Array.from({ length: size }, () => 0.5 * rng.normal()) };
}

function ints(...values: number[]): WeightSpec {
  return { shape: [values.length], values, type: 7 };
}

function node(
  operator: string,
  inputs: string,
  output: string,
  attributes: NodeSpec["attributes"] = {},
): NodeSpec {
  const names = (text: string) => text.split(" ").map((name) => (name === "-" ? "" : name));
  return {
    operator,
    name: `${operator.toLowerCase()}_${output}`,
    inputs: names(inputs),
    outputs: names(output),
    attributes,
  };
}

const cellWeights = (gates: number) => ({
  W: weights(1, gates * H, I),
  R: weights(1, gates * H, H),
  B: weights(1, 2 * gates * H),
  K: weights(H, O),
  k: weights(O),
});

/** Keras through tf2onnx: transposes around, zeros out of Shape, Slice, Concat and Expand, the direction squeezed. */
export function kerasGru(resetAfter: boolean): ModelSpec {
  return {
    opset: 13,
    inputs: [{ name: "input_1", shape: ["unk__1", "unk__2", I] }],
    outputs: [{ name: "dense", shape: ["unk__3", "unk__4", O] }],
    weights: {
      ...cellWeights(3),
      zero: ints(0),
      one: ints(1),
      units: ints(H),
      axis0: ints(0),
      axis1: ints(1),
      nothing: { shape: [], values: [0] },
    },
    nodes: [
      node("Shape", "input_1", "shape"),
      node("Cast", "shape", "shape32", { to: 6 }),
      node("Slice", "shape32 zero one axis0", "batch32"),
      node("Cast", "batch32", "batch", { to: 7 }),
      node("Concat", "batch units", "state_shape", { axis: 0 }),
      node("Expand", "nothing state_shape", "zeros"),
      node("Unsqueeze", "zeros axis0", "initial_h"),
      node("Transpose", "input_1", "time_major", { perm: [1, 0, 2] }),
      node("GRU", "time_major W R B - initial_h", "Y Y_h", {
        hidden_size: H,
        linear_before_reset: Number(resetAfter),
        activations: ["Sigmoid", "Tanh"],
        direction: "forward",
      }),
      node("Squeeze", "Y axis1", "sequence"),
      node("Transpose", "sequence", "batch_major", { perm: [1, 0, 2] }),
      node("MatMul", "batch_major K", "product"),
      node("Add", "product k", "dense"),
    ],
  };
}

/** Keras, many to one: sequence_lens as long as the sequence, Y_h, a dense softmax head; opset 9 with axes as attributes. */
export function kerasLstmLast(): ModelSpec {
  return {
    opset: 9,
    inputs: [{ name: "lstm_input", shape: ["N", 12, I] }],
    outputs: [{ name: "probabilities", shape: ["N", O] }],
    weights: { ...cellWeights(4), one: ints(1) },
    nodes: [
      node("Transpose", "lstm_input", "X", { perm: [1, 0, 2] }),
      node("Shape", "lstm_input", "shape"),
      node("Slice", "shape", "batch", { axes: [0], starts: [0], ends: [1] }),
      node("Slice", "shape", "steps", { axes: [0], starts: [1], ends: [2] }),
      node("Cast", "steps", "steps32", { to: 6 }),
      node("Tile", "steps32 batch", "lengths"),
      node("LSTM", "X W R B lengths", "- Y_h", { hidden_size: H }),
      node("Squeeze", "Y_h", "last", { axes: [0] }),
      node("MatMul", "last K", "product"),
      node("Add", "product k", "logits"),
      node("Softmax", "logits", "probabilities", { axis: 1 }),
    ],
  };
}

/** Keras' TimeDistributed with 12 steps fixed in the file: Reshape to rows, a dense layer, Reshape back. */
export function kerasTimeDistributed(): ModelSpec {
  return {
    opset: 13,
    inputs: [{ name: "x", shape: ["N", 12, I] }],
    outputs: [{ name: "y", shape: ["N", 12, H] }],
    weights: {
      ...cellWeights(1),
      K: weights(H, I),
      W2: weights(1, H, I),
      R2: weights(1, H, H),
      rows: ints(-1, H),
      back: ints(-1, 12, I),
      axis1: ints(1),
    },
    nodes: [
      node("Transpose", "x", "x1", { perm: [1, 0, 2] }),
      node("RNN", "x1 W R B", "Y1", { hidden_size: H }),
      node("Squeeze", "Y1 axis1", "s1"),
      node("Transpose", "s1", "b1", { perm: [1, 0, 2] }),
      node("Reshape", "b1 rows", "flat"),
      node("MatMul", "flat K", "dense"),
      node("Tanh", "dense", "active"),
      node("Reshape", "active back", "b2"),
      node("Transpose", "b2", "x2", { perm: [1, 0, 2] }),
      node("RNN", "x2 W2 R2", "Y2", { hidden_size: H, activations: ["Relu"] }),
      node("Squeeze", "Y2 axis1", "s2"),
      node("Transpose", "s2", "y", { perm: [1, 0, 2] }),
    ],
  };
}

/**
 * PyTorch's newer exporter: opset 22, weights put into ONNX's order by nodes, Shape with start and end, the
 * sequence's directions moved by Transpose and Reshape.
 */
export function dynamoLstm(): ModelSpec {
  const gates = (name: string, columns: number): NodeSpec[] => [
    node("Split", `${name} sizes`, `${name}_i ${name}_f ${name}_g ${name}_o`, { axis: 0 }),
    node("Concat", `${name}_i ${name}_o ${name}_f ${name}_g`, `${name}_iofc`, { axis: 0 }),
    ...(columns > 0 ? [node("Unsqueeze", `${name}_iofc axis0`, name.toUpperCase())] : []),
  ];
  return {
    opset: 22,
    inputs: [{ name: "x", shape: ["s0", "s1", I] }],
    outputs: [{ name: "linear", shape: ["s0", "s1", O] }],
    weights: {
      w: weights(4 * H, I),
      r: weights(4 * H, H),
      bi: weights(4 * H),
      bh: weights(4 * H),
      head: weights(O, H),
      bias: weights(O),
      sizes: ints(H, H, H, H),
      axis0: ints(0),
      one: ints(1),
      units: ints(H),
      minus: ints(-1),
    },
    nodes: [
      node("Shape", "x", "batch", { start: 0, end: 1 }),
      node("Shape", "x", "steps", { start: 1, end: 2 }),
      node("Concat", "one batch units", "state_shape", { axis: 0 }),
      node("Constant", "-", "zero", { value: { tensor: { shape: [], values: [0] } } }),
      node("Expand", "zero state_shape", "h0"),
      node("ConstantOfShape", "state_shape", "c0", { value: { tensor: { shape: [1], values: [0] } } }),
      ...gates("w", I),
      ...gates("r", H),
      ...gates("bi", 0),
      ...gates("bh", 0),
      node("Concat", "bi_iofc bh_iofc", "biases", { axis: 0 }),
      node("Unsqueeze", "biases axis0", "B"),
      node("Transpose", "x", "X", { perm: [1, 0, 2] }),
      node("LSTM", "X W R B - h0 c0", "Y Y_h Y_c", { hidden_size: H }),
      node("Transpose", "Y", "turned", { perm: [2, 0, 1, 3] }),
      node("Concat", "batch steps minus", "flat_shape", { axis: 0 }),
      node("Reshape", "turned flat_shape", "flat", { allowzero: 1 }),
      node("Transpose", "head", "head_t", { perm: [1, 0] }),
      node("MatMul", "flat head_t", "product"),
      node("Add", "product bias", "linear"),
    ].map((made) => (made.operator === "Constant" ? { ...made, inputs: [] } : made)),
  };
}

/** Batch before time in the node itself, and layer normalization written out. */
export function layoutOne(): ModelSpec {
  return {
    opset: 18,
    inputs: [{ name: "x", shape: ["batch", "time", I] }],
    outputs: [{ name: "y", shape: ["batch", "time", H] }],
    weights: {
      ...cellWeights(3),
      axis2: ints(2),
      last: ints(-1),
      two: { shape: [], values: [2] },
      epsilon: { shape: [], values: [1e-3] },
      scale: weights(H),
      shift: weights(H),
    },
    nodes: [
      node("GRU", "x W R B", "Y", { hidden_size: H, layout: 1 }),
      node("Squeeze", "Y axis2", "s"),
      node("ReduceMean", "s last", "mean"),
      node("Sub", "s mean", "d"),
      node("Pow", "d two", "square"),
      node("ReduceMean", "square last", "variance"),
      node("Add", "variance epsilon", "above"),
      node("Sqrt", "above", "deviation"),
      node("Div", "d deviation", "normal"),
      node("Mul", "normal scale", "scaled"),
      node("Add", "scaled shift", "y"),
    ],
  };
}

/** Two layers of one kind side by side, an If that asks for a shape, and constant first states. */
export function branched(): ModelSpec {
  return {
    opset: 14,
    inputs: [{ name: "x", shape: ["time", 1, I] }],
    outputs: [{ name: "y", shape: ["time", 1, 2 * H] }],
    weights: {
      ...cellWeights(1),
      W2: weights(1, H, I),
      R2: weights(1, H, H),
      h0: weights(1, 1, H),
      axis1: ints(1),
    },
    nodes: [
      node("RNN", "x W R B - h0", "Ya", { hidden_size: H }),
      node("RNN", "x W2 R2", "Yb", { hidden_size: H, activations: ["Sigmoid"] }),
      node("Squeeze", "Ya axis1", "a"),
      node("Squeeze", "Yb axis1", "b"),
      node("Concat", "a b", "y", { axis: -1 }),
    ],
  };
}
