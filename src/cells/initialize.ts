import type { Rng } from "../core/index.js";
import type { Cell } from "./cell.js";
import type { LinearHead } from "./linear-head.js";
import { LstmCell } from "./lstm-cell.js";

/**
 * First weights of a cell: input weights uniform within sqrt(6 / (I + H)) (Glorot and Bengio 2010),
 * recurrent matrices orthogonal gate by gate (Saxe et al. 2014), biases 0 but for the LSTM's forget
 * gate, 1 (Gers et al. 2000): it remembers until it learns to forget.
 */
export function initializeCell(cell: Cell, gates: number, rng: Rng): void {
  const { weightIh, weightHh, biasIh, biasHh } = cell.parameters;
  const H = cell.hidden;
  fillUniform(weightIh.values, Math.sqrt(6 / (cell.inputs + H)), rng);
  for (let gate = 0; gate < gates; gate++) {
    fillOrthogonal(weightHh.values.subarray(gate * H * H, (gate + 1) * H * H), H, rng);
  }
  biasIh.values.fill(0);
  biasHh.values.fill(0);
  if (cell instanceof LstmCell) biasIh.values.fill(1, H, 2 * H);
}

/** First weights of a head: zeros, or Glorot's; bias 0. */
export function initializeHead(head: LinearHead, rng: Rng, zero: boolean): void {
  if (zero) head.weight.values.fill(0);
  else fillUniform(head.weight.values, Math.sqrt(6 / (head.hidden + head.outputs)), rng);
  head.bias.values.fill(0);
}

function fillUniform(values: Float64Array, limit: number, rng: Rng): void {
  for (let i = 0; i < values.length; i++) values[i] = (2 * rng.uniform() - 1) * limit;
}

/** A random orthogonal matrix [n, n]: normal rows, made orthonormal one after another (Gram and Schmidt). */
function fillOrthogonal(values: Float64Array, n: number, rng: Rng): void {
  for (let row = 0; row < n; row++) {
    const v = values.subarray(row * n, (row + 1) * n);
    let length = 0;
    // What is left of the last rows can be short: then rounding shows, and another is drawn.
    while (length < 1e-3) {
      for (let i = 0; i < n; i++) v[i] = rng.normal();
      for (let other = 0; other < row; other++) {
        const u = values.subarray(other * n, (other + 1) * n);
        let along = 0;
        for (let i = 0; i < n; i++) along += u[i]! * v[i]!;
        for (let i = 0; i < n; i++) v[i]! -= along * u[i]!;
      }
      let square = 0;
      for (let i = 0; i < n; i++) square += v[i]! * v[i]!;
      length = Math.sqrt(square);
    }
    for (let i = 0; i < n; i++) v[i]! /= length;
  }
}
