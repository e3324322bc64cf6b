import { problem } from "../core/index.js";
import type { Cell, CellKind } from "./cell.js";
import { GruCell } from "./gru-cell.js";
import { LstmCell } from "./lstm-cell.js";
import type { Allocate } from "./parameter.js";
import { ResetBeforeGruCell } from "./reset-before-gru-cell.js";
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
const HEADS: readonly HeadKind[] = ["linear", "gaussian", "quantile", "softmax", "sigmoid"];

/** G: how many blocks of H rows a cell's matrices have. */
export function gateCount(cell: CellKind): number {
  return GATES[cell];
}

/** D: cells of a layer, 2 where one of them reads from the end. */
export function directionCount(shape: NetworkShape): number {
  return shape.bidirectional === true ? 2 : 1;
}

/** What a layer's cells see: I, or what the layer below gives, [D H]. */
export function layerInputs(shape: NetworkShape, layer: number): number {
  return layer === 0 ? shape.inputs : directionCount(shape) * shape.hidden;
}

/** A cell of a layer. */
export function createCell(shape: NetworkShape, layer: number, room: Allocate): Cell {
  const inputs = layerInputs(shape, layer);
  const { hidden } = shape;
  switch (shape.cell) {
    case "rnn":
      return new RnnCell(inputs, hidden, shape.nonlinearity ?? "tanh", room);
    case "gru":
      return shape.resetAfter === false
        ? new ResetBeforeGruCell(inputs, hidden, room)
        : new GruCell(inputs, hidden, room);
    case "lstm":
      return new LstmCell(inputs, hidden, shape.peepholes ?? false, room);
  }
}

/** Number of weights of a network of this shape. */
export function weightCount(shape: NetworkShape): number {
  const { cell, hidden, layers, outputs } = shape;
  const rows = gateCount(cell) * hidden;
  const peepholes = shape.peepholes === true ? 3 * hidden : 0;
  const D = directionCount(shape);
  let count = outputs * (D * hidden + 1);
  for (let layer = 0; layer < layers; layer++) {
    count += D * (rows * (layerInputs(shape, layer) + hidden + 2) + peepholes);
  }
  return count;
}

/** @throws RangeError code `NETWORK_SHAPE` when a size is not a positive integer, or parts don't go together */
export function checkShape(shape: NetworkShape): void {
  const refuse = (on: string, expected: string, found: string) => {
    throw problem(RangeError, { code: "NETWORK_SHAPE", action: "build network", on, expected, found });
  };
  for (const size of ["inputs", "hidden", "layers", "outputs"] as const) {
    if (!Number.isInteger(shape[size]) || shape[size] < 1) {
      refuse(`with ${size}`, "a positive integer", String(shape[size]));
    }
  }
  const { cell, head = "linear", outputs } = shape;
  const options = { nonlinearity: "rnn", resetAfter: "gru", peepholes: "lstm" } as const;
  for (const [option, owner] of Object.entries(options)) {
    const value = shape[option as keyof typeof options];
    if (value !== undefined && (value !== false || option === "resetAfter") && cell !== owner) {
      refuse(`of ${cell} cells`, `${option} with ${owner} cells only`, String(value));
    }
  }
  if (!HEADS.includes(head)) refuse("with its head", HEADS.join(", "), String(head));
  if (head === "gaussian" && outputs % 2 !== 0) {
    refuse("with a gaussian head", "an even number of outputs: means and variances", String(outputs));
  }
}
