import { problem } from "../core/index.js";
import type { Cell, CellKind } from "./cell.js";
import { GruCell } from "./gru-cell.js";
import { LstmCell } from "./lstm-cell.js";
import type { Allocate } from "./parameter.js";
import { type Nonlinearity, RnnCell } from "./rnn-cell.js";

/**
 * What the O numbers that the head's affine map y = W h + b gives (its logits) mean:
 *
 * - `linear`: y itself;
 * - `gaussian`: O = 2 D, means then logarithms of variances; the output is means, then variances exp(.);
 * - `quantile`: one quantile each, as the loss says which;
 * - `softmax`: a distribution over O classes;
 * - `sigmoid`: O probabilities, each of its own.
 *
 * Losses take logits; what steps gives outputs.
 */
export type HeadKind = "linear" | "gaussian" | "quantile" | "softmax" | "sigmoid";

/** What a network looks like: `layers` cells of H units on top of each other, then a head. */
export interface NetworkShape {
  readonly cell: CellKind;
  /** Of RNN cells; default tanh. */
  readonly nonlinearity?: Nonlinearity;
  /** Of GRU cells: where the reset gate works, after W_hn h + b_hn (true, default: PyTorch's) or before. */
  readonly resetAfter?: boolean;
  /** Of LSTM cells: gates i, f, o also see the cell state; default false. */
  readonly peepholes?: boolean;
  /** Every layer has a second cell that reads from the end; whole sequences only. Default false. */
  readonly bidirectional?: boolean;
  /** Default linear. */
  readonly head?: HeadKind;
  readonly inputs: number;
  readonly hidden: number;
  readonly layers: number;
  readonly outputs: number;
}

const GATES: Readonly<Record<CellKind, number>> = { rnn: 1, gru: 3, lstm: 4 };

/** G: how many blocks of H rows a cell's matrices have. */
export function gateCount(cell: CellKind): number {
  return GATES[cell];
}

/** A layer's cell; only the lowest sees the I inputs. */
export function createCell(shape: NetworkShape, layer: number, room: Allocate): Cell {
  const inputs = layer === 0 ? shape.inputs : shape.hidden;
  switch (shape.cell) {
    case "rnn":
      return new RnnCell(inputs, shape.hidden, shape.nonlinearity ?? "tanh", room);
    case "gru":
      return new GruCell(inputs, shape.hidden, room);
    case "lstm":
      return new LstmCell(inputs, shape.hidden, room);
  }
}

/** Number of weights of a network of this shape. */
export function weightCount({ cell, inputs, hidden, layers, outputs }: NetworkShape): number {
  const rows = gateCount(cell) * hidden;
  const lowest = rows * (inputs + hidden + 2);
  const others = (layers - 1) * rows * (2 * hidden + 2);
  return lowest + others + outputs * (hidden + 1);
}

/** @throws RangeError code `NETWORK_SHAPE` when a size is not a positive integer */
export function checkShape(shape: NetworkShape): void {
  for (const size of ["inputs", "hidden", "layers", "outputs"] as const) {
    if (!Number.isInteger(shape[size]) || shape[size] < 1) {
      throw problem(RangeError, {
        code: "NETWORK_SHAPE",
        action: "build network",
        on: `with ${size}`,
        expected: "a positive integer",
        found: String(shape[size]),
      });
    }
  }
}
