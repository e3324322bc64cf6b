import { affine, affineBackward } from "./dense.js";
import type { Allocate, Parameter } from "./parameter.js";

export type CellKind = "rnn" | "gru" | "lstm";

/**
 * A recurrent cell: one time step forward, and the same step backward.
 *
 * Sizes: I inputs, H hidden units, G gates (RNN 1, GRU 3, LSTM 4), S state (RNN and GRU H, LSTM 2H; the
 * first H elements are the hidden state h, which is also the cell's output), K numbers that a step keeps
 * for its way back. Parameter names and layout are PyTorch's. All buffers belong to the caller and have
 * exactly these lengths; outputs stand first; nothing is allocated.
 */
export interface Cell {
  readonly inputs: number;
  readonly hidden: number;
  readonly stateSize: number;
  readonly keptSize: number;
  readonly parameters: CellParameters;

  /**
   * (x, state) -> state'
   *
   * @param after  [S] state', overwritten; not the same array as `before`
   * @param kept   [K] overwritten with what `backward` needs
   * @param before [S] state
   * @param x      [I]
   */
  forward(after: Float64Array, kept: Float64Array, before: Float64Array, x: Float64Array): void;

  /**
   * Given dL/dstate', adds dL/dstate, dL/dx and the gradients of the parameters.
   *
   * @param dBefore [S] added to
   * @param dX      [I] added to
   * @param dAfter  [S] dL/dstate'
   * @param after, kept, before, x  as `forward` left and got them
   */
  backward(
    dBefore: Float64Array,
    dX: Float64Array,
    dAfter: Float64Array,
    after: Float64Array,
    kept: Float64Array,
    before: Float64Array,
    x: Float64Array,
  ): void;
}

export interface CellParameters {
  /** [G H, I] */
  readonly weightIh: Parameter;
  /** [G H, H] */
  readonly weightHh: Parameter;
  /** [G H] */
  readonly biasIh: Parameter;
  /** [G H] */
  readonly biasHh: Parameter;
  /** [3H], of LSTMs with peepholes */
  readonly peephole?: Parameter;
}

/** Room for a cell's parameters, in PyTorch's order. */
export function cellParameters(
  gates: number,
  inputs: number,
  hidden: number,
  allocate: Allocate,
): CellParameters {
  const rows = gates * hidden;
  return {
    weightIh: allocate("weight_ih", [rows, inputs]),
    weightHh: allocate("weight_hh", [rows, hidden]),
    biasIh: allocate("bias_ih", [rows]),
    biasHh: allocate("bias_hh", [rows]),
  };
}

/**
 * What the input and the hidden state each contribute to the gates, before any nonlinearity:
 * fromX = W_ih x + b_ih and fromH = W_hh h + b_hh.
 *
 * @param fromX, fromH [G H], overwritten
 * @param h            [H] or longer: a state whose first H elements are h
 */
export function gateInputs(
  fromX: Float64Array,
  fromH: Float64Array,
  { weightIh, weightHh, biasIh, biasHh }: CellParameters,
  x: Float64Array,
  h: Float64Array,
  hidden: number,
): void {
  affine(fromX, weightIh.values, biasIh.values, x, x.length);
  affine(fromH, weightHh.values, biasHh.values, h, hidden);
}

/**
 * The way back through `gateInputs`: adds dL/dx, dL/dh and the gradients of all parameters.
 *
 * @param dX       [I] or longer, added to
 * @param dH       [H] or longer, added to
 * @param dFromX, dFromH [G H]
 */
export function gateInputsBackward(
  dX: Float64Array,
  dH: Float64Array,
  { weightIh, weightHh, biasIh, biasHh }: CellParameters,
  dFromX: Float64Array,
  dFromH: Float64Array,
  x: Float64Array,
  h: Float64Array,
  hidden: number,
): void {
  affineBackward(dX, weightIh.gradient, biasIh.gradient, dFromX, weightIh.values, x, x.length);
  affineBackward(dH, weightHh.gradient, biasHh.gradient, dFromH, weightHh.values, h, hidden);
}
