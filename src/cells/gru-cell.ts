import { sigmoid, tanh } from "../core/index.js";
import { type Cell, type CellParameters, cellParameters } from "./cell.js";
import { backRow, dotRow } from "./dense.js";
import { type Allocate, allocate } from "./parameter.js";

/**
 * The gated recurrent unit (Cho et al. 2014, "Learning phrase representations using RNN
 * encoder-decoder"), with PyTorch's placement of the reset gate (ONNX: linear_before_reset = 1):
 *
 *     r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
 *     z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
 *     m  = W_hn h + b_hn
 *     n  = tanh(W_in x + b_in + r m)
 *     h' = (1 - z) n + z h
 *
 * Rows of the parameters: r, z, n. S = H; kept, [K = 4H]: r, z, n, m.
 */
export class GruCell implements Cell {
  readonly stateSize: number;
  readonly keptSize: number;
  readonly parameters: CellParameters;

  constructor(
    readonly inputs: number,
    readonly hidden: number,
    room: Allocate = allocate,
  ) {
    this.stateSize = hidden;
    this.keptSize = 4 * hidden;
    this.parameters = cellParameters(3, inputs, hidden, room);
  }

  forward(after: Float64Array, kept: Float64Array, before: Float64Array, x: Float64Array): void {
    const I = this.inputs;
    const H = this.hidden;
    const weightIh = this.parameters.weightIh.values;
    const weightHh = this.parameters.weightHh.values;
    const biasIh = this.parameters.biasIh.values;
    const biasHh = this.parameters.biasHh.values;
    for (let j = 0; j < H; j++) {
      const rowZ = H + j;
      const rowN = 2 * H + j;
      const r = sigmoid(
        dotRow(weightIh, j * I, x) + biasIh[j]! + (dotRow(weightHh, j * H, before) + biasHh[j]!),
      );
      const z = sigmoid(
        dotRow(weightIh, rowZ * I, x) + biasIh[rowZ]! + (dotRow(weightHh, rowZ * H, before) + biasHh[rowZ]!),
      );
      const m = dotRow(weightHh, rowN * H, before) + biasHh[rowN]!;
      const n = tanh(dotRow(weightIh, rowN * I, x) + biasIh[rowN]! + r * m);
      after[j] = (1 - z) * n + z * before[j]!;
      kept[j] = r;
      kept[rowZ] = z;
      kept[rowN] = n;
      kept[3 * H + j] = m;
    }
  }

  backward(
    dBefore: Float64Array,
    dX: Float64Array,
    dAfter: Float64Array,
    _after: Float64Array,
    kept: Float64Array,
    before: Float64Array,
    x: Float64Array,
  ): void {
    const { weightIh, weightHh, biasIh, biasHh } = this.parameters;
    const I = this.inputs;
    const H = this.hidden;
    for (let j = 0; j < H; j++) {
      const rowZ = H + j;
      const rowN = 2 * H + j;
      const r = kept[j]!;
      const z = kept[rowZ]!;
      const n = kept[rowN]!;
      const m = kept[3 * H + j]!;
      const dh = dAfter[j]!;
      // Before each gate's nonlinearity; dM is what reaches W_hn h + b_hn.
      const dN = dh * (1 - z) * (1 - n * n);
      const dZ = dh * (before[j]! - n) * z * (1 - z);
      const dR = dN * m * r * (1 - r);
      const dM = dN * r;
      dBefore[j]! += dh * z;
      biasIh.gradient[j]! += dR;
      biasIh.gradient[rowZ]! += dZ;
      biasIh.gradient[rowN]! += dN;
      biasHh.gradient[j]! += dR;
      biasHh.gradient[rowZ]! += dZ;
      biasHh.gradient[rowN]! += dM;
      backRow(dX, weightIh.gradient, weightIh.values, j * I, x, dR);
      backRow(dX, weightIh.gradient, weightIh.values, rowZ * I, x, dZ);
      backRow(dX, weightIh.gradient, weightIh.values, rowN * I, x, dN);
      backRow(dBefore, weightHh.gradient, weightHh.values, j * H, before, dR);
      backRow(dBefore, weightHh.gradient, weightHh.values, rowZ * H, before, dZ);
      backRow(dBefore, weightHh.gradient, weightHh.values, rowN * H, before, dM);
    }
  }
}
