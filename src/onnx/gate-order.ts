import type { CellKind } from "../cells/index.js";

/** ONNX's place of each of PyTorch's gates: GRU r, z, n of z, r, h; LSTM i, f, g, o of i, o, f, c. */
const GATES: Readonly<Record<CellKind, readonly number[]>> = { rnn: [0], gru: [1, 0, 2], lstm: [0, 2, 3, 1] };

/** Peepholes: i, f, o of i, o, f. */
const PEEPHOLES = [0, 2, 1];

/**
 * The one place where gates change their order. Blocks of rows, one a gate, go from ONNX's order to PyTorch's.
 *
 * @param rows [G H] or [G H, any], row-major
 */
export function gatesFromOnnx(cell: CellKind, rows: Float32Array): Float32Array {
  return reorder(rows, GATES[cell]);
}

/** The way back: from PyTorch's order to ONNX's. */
export function gatesToOnnx(cell: CellKind, rows: Float32Array): Float32Array {
  return reorder(rows, inverse(GATES[cell]));
}

/** @param peepholes [3 H] */
export function peepholesFromOnnx(peepholes: Float32Array): Float32Array {
  return reorder(peepholes, PEEPHOLES);
}

/** @param peepholes [3 H] */
export function peepholesToOnnx(peepholes: Float32Array): Float32Array {
  return reorder(peepholes, inverse(PEEPHOLES));
}

function reorder(rows: Float32Array, order: readonly number[]): Float32Array {
  const size = rows.length / order.length;
  const result = new Float32Array(rows.length);
  for (const [to, from] of order.entries()) {
    result.set(rows.subarray(from * size, (from + 1) * size), to * size);
  }
  return result;
}

function inverse(order: readonly number[]): number[] {
  return order.map((_, i) => order.indexOf(i));
}
