import { buildModel } from "../onnx/build-model.js";

/** Rows of its table: integers from -ROWS to ROWS - 1 have one. */
const ROWS = 64;

/**
 * An ONNX model that fails at some values: it looks its input up in a table of 64 rows, which ONNX Runtime refuses
 * beyond them, and feeds what it finds to a tanh RNN of one unit. x [time, batch, 1] -> y [time, batch, 1].
 */
export function fragileModel(): Uint8Array {
  return buildModel({
    inputs: [{ name: "x", shape: ["time", "batch", 1] }],
    outputs: [{ name: "y", shape: ["time", "batch", 1] }],
    nodes: [
      { operator: "Cast", inputs: ["x"], outputs: ["index"], attributes: { to: 7 } },
      { operator: "Gather", inputs: ["table", "index"], outputs: ["found"], attributes: { axis: 0 } },
      { operator: "RNN", inputs: ["found", "W", "R"], outputs: ["each", ""], attributes: { hidden_size: 1 } },
      { operator: "Squeeze", inputs: ["each", "axes"], outputs: ["y"] },
    ],
    weights: {
      table: { shape: [ROWS], values: Array.from({ length: ROWS }, (_, i) => i / ROWS) },
      W: { shape: [1, 1, 1], values: [0.7] },
      R: { shape: [1, 1, 1], values: [0.4] },
      axes: { shape: [1], values: [1], type: 7 },
    },
  });
}
