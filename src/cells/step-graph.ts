import type { CellKind } from "./cell.js";
import type { Nonlinearity } from "./rnn-cell.js";

/** One vector of a time step: an index into a graph's `sizes`. Value 0 is the input x[t]. */
export type Value = number;

/** Weights of one recurrent layer, one direction: PyTorch's names, layout and gate order, float32. */
export interface CellWeights {
  /** [G H, I] */
  readonly weightIh: Float32Array;
  /** [G H, H] */
  readonly weightHh: Float32Array;
  /** [G H] */
  readonly biasIh: Float32Array;
  /** [G H] */
  readonly biasHh: Float32Array;
  /** [3 H], of LSTMs only: what the gates i, f, o see of the cell state (Gers and Schmidhuber 2000). */
  readonly peephole?: Float32Array;
}

/** (x, state) -> (h, state'); the only operation with a memory. Its value is h, [H]. */
export interface RecurrentOperation {
  readonly kind: "recurrent";
  readonly cell: CellKind;
  /** Of RNNs. */
  readonly nonlinearity?: Nonlinearity;
  /** Of GRUs: true, default, is PyTorch's (linear_before_reset = 1): n = tanh(W x + r (U h + b)); false: U (r h) + b. */
  readonly resetAfter?: boolean;
  readonly hidden: number;
  /** `reverse` reads the sequence from its end: whole sequences only. */
  readonly direction: "forward" | "reverse";
  readonly weights: CellWeights;
  /** State at the start of a sequence, [S]: h, of LSTMs h and c; default zeros. */
  readonly initial?: Float32Array;
  readonly input: Value;
  readonly output: Value;
}

/** y = W x + b */
export interface DenseOperation {
  readonly kind: "dense";
  /** [O, I] */
  readonly weight: Float32Array;
  /** [O]; default zeros */
  readonly bias?: Float32Array;
  readonly input: Value;
  readonly output: Value;
}

export type Elementwise =
  | "relu"
  | "leaky-relu"
  | "elu"
  | "sigmoid"
  | "hard-sigmoid"
  | "tanh"
  | "softplus"
  | "exp"
  | "abs"
  | "neg"
  | "sqrt";

/** y = f(x), element by element; alpha and beta are those of ONNX (leaky-relu, elu, hard-sigmoid). */
export interface ElementwiseOperation {
  readonly kind: "elementwise";
  readonly f: Elementwise;
  readonly alpha?: number;
  readonly beta?: number;
  readonly input: Value;
  readonly output: Value;
}

/** y = softmax(x) or log softmax(x), over the whole vector. */
export interface SoftmaxOperation {
  readonly kind: "softmax" | "log-softmax";
  readonly input: Value;
  readonly output: Value;
}

/** y = (x - mean) / sqrt(variance + epsilon) * scale + bias, over the whole vector (Ba et al. 2016). */
export interface LayerNormOperation {
  readonly kind: "layer-norm";
  /** [N] */
  readonly scale: Float32Array;
  /** [N] */
  readonly bias: Float32Array;
  readonly epsilon: number;
  readonly input: Value;
  readonly output: Value;
}

/** y = a op b, element by element; an operand of size 1 is spread. */
export interface BinaryOperation {
  readonly kind: "add" | "sub" | "mul" | "div";
  readonly a: Value;
  readonly b: Value;
  readonly output: Value;
}

/** The same vector at every step. */
export interface ConstantOperation {
  readonly kind: "constant";
  readonly values: Float32Array;
  readonly output: Value;
}

/** Vectors one after the other. */
export interface ConcatOperation {
  readonly kind: "concat";
  readonly parts: readonly Value[];
  readonly output: Value;
}

/** Elements [from, from + size of output). */
export interface SliceOperation {
  readonly kind: "slice";
  readonly from: number;
  readonly input: Value;
  readonly output: Value;
}

export type Operation = (
  | RecurrentOperation
  | DenseOperation
  | ElementwiseOperation
  | SoftmaxOperation
  | LayerNormOperation
  | BinaryOperation
  | ConstantOperation
  | ConcatOperation
  | SliceOperation
) & {
  /** As the model file calls it: for people. */
  readonly name?: string;
};

/**
 * What a network does at one time step, as a list of vector operations in the order of execution: the form
 * in which the kernel takes any network, whether it is Eddy's own or was read from an ONNX file.
 *
 * State, [S]: that of the recurrent operations, in their order, h before c.
 */
export interface StepGraph {
  /** Elements of every value; `sizes[0]` is I. */
  readonly sizes: readonly number[];
  readonly operations: readonly Operation[];
  /** The value that is the network's output, [O]. */
  readonly output: Value;
}
