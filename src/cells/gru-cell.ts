import { sigmoid, tanh } from "../core/index.js";
import { type Cell, type CellParameters, cellParameters, gateInputs, gateInputsBackward } from "./cell.js";
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
  /** [G H] what x and h contribute to the gates, and on the way back their gradients. */
  readonly #fromX: Float64Array;
  readonly #fromH: Float64Array;

  constructor(
    readonly inputs: number,
    readonly hidden: number,
    room: Allocate = allocate,
  ) {
    this.stateSize = hidden;
    this.keptSize = 4 * hidden;
    this.#fromX = new Float64Array(3 * hidden);
    this.#fromH = new Float64Array(3 * hidden);
    this.parameters = cellParameters(3, inputs, hidden, room);
  }

  forward(after: Float64Array, kept: Float64Array, before: Float64Array, x: Float64Array): void {
    const H = this.hidden;
    const fromX = this.#fromX;
    const fromH = this.#fromH;
    gateInputs(fromX, fromH, this.parameters, x, before, H);
    for (let j = 0; j < H; j++) {
      const r = sigmoid(fromX[j]! + fromH[j]!);
      const z = sigmoid(fromX[H + j]! + fromH[H + j]!);
      const m = fromH[2 * H + j]!;
      const n = tanh(fromX[2 * H + j]! + r * m);
      after[j] = (1 - z) * n + z * before[j]!;
      kept[j] = r;
      kept[H + j] = z;
      kept[2 * H + j] = n;
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
    const H = this.hidden;
    const dFromX = this.#fromX;
    const dFromH = this.#fromH;
    for (let j = 0; j < H; j++) {
      const r = kept[j]!;
      const z = kept[H + j]!;
      const n = kept[2 * H + j]!;
      const m = kept[3 * H + j]!;
      const dh = dAfter[j]!;
      const dn = dh * (1 - z) * (1 - n * n);
      dFromX[j] = dFromH[j] = dn * m * r * (1 - r);
      dFromX[H + j] = dFromH[H + j] = dh * (before[j]! - n) * z * (1 - z);
      dFromX[2 * H + j] = dn;
      dFromH[2 * H + j] = dn * r;
      dBefore[j]! += dh * z;
    }
    gateInputsBackward(dX, dBefore, this.parameters, dFromX, dFromH, x, before, H);
  }
}
