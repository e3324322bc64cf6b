import { sigmoid, tanh } from "../core/index.js";
import { type Cell, type CellParameters, cellParameters } from "./cell.js";
import { backRow, dotRow } from "./dense.js";
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
 * Rows of the parameters: i, f, g, o. State, [S = 2H]: h, c; kept, [K = 5H]: i, f, g, o, tanh(c').
 */
export class LstmCell implements Cell {
  readonly stateSize: number;
  readonly keptSize: number;
  readonly parameters: CellParameters;
  /** [H] Scratch: the hidden half of a state and its gradient. */
  readonly #h: Float64Array;
  readonly #dH: Float64Array;

  constructor(
    readonly inputs: number,
    readonly hidden: number,
    room: Allocate = allocate,
  ) {
    this.stateSize = 2 * hidden;
    this.keptSize = 5 * hidden;
    this.parameters = cellParameters(4, inputs, hidden, room);
    this.#h = new Float64Array(hidden);
    this.#dH = new Float64Array(hidden);
  }

  forward(after: Float64Array, kept: Float64Array, before: Float64Array, x: Float64Array): void {
    const H = this.hidden;
    const h = this.#h;
    for (let j = 0; j < H; j++) h[j] = before[j]!;
    for (let j = 0; j < H; j++) {
      const i = sigmoid(this.#preActivation(j, h, x));
      const f = sigmoid(this.#preActivation(H + j, h, x));
      const g = tanh(this.#preActivation(2 * H + j, h, x));
      const o = sigmoid(this.#preActivation(3 * H + j, h, x));
      const c = f * before[H + j]! + i * g;
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

  #preActivation(row: number, h: Float64Array, x: Float64Array): number {
    const { weightIh, weightHh, biasIh, biasHh } = this.parameters;
    return (
      dotRow(weightIh.values, row * this.inputs, x) +
      biasIh.values[row]! +
      (dotRow(weightHh.values, row * this.hidden, h) + biasHh.values[row]!)
    );
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
    const h = this.#h;
    for (let j = 0; j < H; j++) h[j] = before[j]!;
    this.#dH.fill(0);
    for (let j = 0; j < H; j++) {
      const i = kept[j]!;
      const f = kept[H + j]!;
      const g = kept[2 * H + j]!;
      const o = kept[3 * H + j]!;
      const tanhC = kept[4 * H + j]!;
      const dh = dAfter[j]!;
      const dC = dAfter[H + j]! + dh * o * (1 - tanhC * tanhC);
      dBefore[H + j]! += dC * f;
      this.#backGate(j, dX, h, x, dC * g * i * (1 - i));
      this.#backGate(H + j, dX, h, x, dC * before[H + j]! * f * (1 - f));
      this.#backGate(2 * H + j, dX, h, x, dC * i * (1 - g * g));
      this.#backGate(3 * H + j, dX, h, x, dh * tanhC * o * (1 - o));
    }
    for (let j = 0; j < H; j++) dBefore[j]! += this.#dH[j]!;
  }

  /** The way back through `#preActivation`, da being dL/da. */
  #backGate(row: number, dX: Float64Array, h: Float64Array, x: Float64Array, da: number): void {
    const { weightIh, weightHh, biasIh, biasHh } = this.parameters;
    biasIh.gradient[row]! += da;
    biasHh.gradient[row]! += da;
    backRow(dX, weightIh.gradient, weightIh.values, row * this.inputs, x, da);
    backRow(this.#dH, weightHh.gradient, weightHh.values, row * this.hidden, h, da);
  }
}
