import { sigmoid, tanh } from "../core/index.js";
import { type Cell, type CellParameters, cellParameters, gateInputs, gateInputsBackward } from "./cell.js";
import { type Allocate, allocate } from "./parameter.js";

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; the forget gate is Gers, Schmidhuber and
 * Cummins 2000), as PyTorch's LSTMCell:
 *
 *     i  = sigmoid(W_ii x + b_ii + W_hi h + b_hi)
 *     f  = sigmoid(W_if x + b_if + W_hf h + b_hf)
 *     g  = tanh   (W_ig x + b_ig + W_hg h + b_hg)
 *     o  = sigmoid(W_io x + b_io + W_ho h + b_ho)
 *     c' = f c + i g
 *     h' = o tanh(c')
 *
 * With peepholes (Gers and Schmidhuber 2000) the gates see the cell state too: p_i c is added to what i
 * sums up, p_f c for f, and p_o c' for o. Parameter peephole, [3H]: p_i, p_f, p_o.
 *
 * Rows of the parameters: i, f, g, o. State, [S = 2H]: h, c; kept, [K = 5H]: i, f, g, o, tanh(c').
 */
export class LstmCell implements Cell {
  readonly stateSize: number;
  readonly keptSize: number;
  readonly parameters: CellParameters;
  /** [G H] what x and h contribute to the gates, and on the way back their gradients. */
  readonly #fromX: Float64Array;
  readonly #fromH: Float64Array;

  constructor(
    readonly inputs: number,
    readonly hidden: number,
    peepholes = false,
    room: Allocate = allocate,
  ) {
    this.stateSize = 2 * hidden;
    this.keptSize = 5 * hidden;
    const parameters = cellParameters(4, inputs, hidden, room);
    this.parameters = peepholes ? { ...parameters, peephole: room("peephole", [3 * hidden]) } : parameters;
    this.#fromX = new Float64Array(4 * hidden);
    this.#fromH = new Float64Array(4 * hidden);
  }

  forward(after: Float64Array, kept: Float64Array, before: Float64Array, x: Float64Array): void {
    const H = this.hidden;
    const fromX = this.#fromX;
    const fromH = this.#fromH;
    const peephole = this.parameters.peephole?.values;
    gateInputs(fromX, fromH, this.parameters, x, before, H);
    for (let j = 0; j < H; j++) {
      const cBefore = before[H + j]!;
      if (peephole !== undefined) {
        fromH[j]! += peephole[j]! * cBefore;
        fromH[H + j]! += peephole[H + j]! * cBefore;
      }
      const i = sigmoid(fromX[j]! + fromH[j]!);
      const f = sigmoid(fromX[H + j]! + fromH[H + j]!);
      const g = tanh(fromX[2 * H + j]! + fromH[2 * H + j]!);
      const c = f * cBefore + i * g;
      if (peephole !== undefined) fromH[3 * H + j]! += peephole[2 * H + j]! * c;
      const o = sigmoid(fromX[3 * H + j]! + fromH[3 * H + j]!);
      const tanhC = tanh(c);
      after[j] = o * tanhC;
      after[H + j] = c;
      kept[j] = i;
      kept[H + j] = f;
      kept[2 * H + j] = g;
      kept[3 * H + j] = o;
      kept[4 * H + j] = tanhC;
    }
  }

  backward(
    dBefore: Float64Array,
    dX: Float64Array,
    dAfter: Float64Array,
    after: Float64Array,
    kept: Float64Array,
    before: Float64Array,
    x: Float64Array,
  ): void {
    const H = this.hidden;
    const da = this.#fromX;
    const { peephole } = this.parameters;
    for (let j = 0; j < H; j++) {
      const i = kept[j]!;
      const f = kept[H + j]!;
      const g = kept[2 * H + j]!;
      const o = kept[3 * H + j]!;
      const tanhC = kept[4 * H + j]!;
      const dh = dAfter[j]!;
      const dO = dh * tanhC * o * (1 - o);
      let dc = dAfter[H + j]! + dh * o * (1 - tanhC * tanhC);
      if (peephole !== undefined) dc += dO * peephole.values[2 * H + j]!;
      da[j] = dc * g * i * (1 - i);
      da[H + j] = dc * before[H + j]! * f * (1 - f);
      da[2 * H + j] = dc * i * (1 - g * g);
      da[3 * H + j] = dO;
      dBefore[H + j]! += dc * f;
      if (peephole !== undefined) {
        dBefore[H + j]! += da[j]! * peephole.values[j]! + da[H + j]! * peephole.values[H + j]!;
        peephole.gradient[j]! += da[j]! * before[H + j]!;
        peephole.gradient[H + j]! += da[H + j]! * before[H + j]!;
        peephole.gradient[2 * H + j]! += dO * after[H + j]!;
      }
    }
    gateInputsBackward(dX, dBefore, this.parameters, da, da, x, before, H);
  }
}
