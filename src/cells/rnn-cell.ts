import { sigmoid, tanh } from "../core/index.js";
import { type Cell, type CellParameters, cellParameters, gateInputs, gateInputsBackward } from "./cell.js";
import { type Allocate, allocate } from "./parameter.js";

export type Nonlinearity = "tanh" | "relu" | "sigmoid";

interface Activation {
  f(a: number): number;
  /** f' as a function of f's value. */
  slope(h: number): number;
}

const ACTIVATIONS: Readonly<Record<Nonlinearity, Activation>> = {
  tanh: { f: tanh, slope: (h) => 1 - h * h },
  relu: { f: (a) => Math.max(a, 0), slope: (h) => (h > 0 ? 1 : 0) },
  sigmoid: { f: sigmoid, slope: (h) => h * (1 - h) },
};

/**
 * The simple recurrent network (Elman 1990, "Finding structure in time"; PyTorch's RNNCell):
 *
 *     h' = f(W_ih x + b_ih + W_hh h + b_hh),   f = tanh, relu or sigmoid
 *
 * S = H, K = 0: every f's derivative is a function of h' alone.
 */
export class RnnCell implements Cell {
  readonly stateSize: number;
  readonly keptSize = 0;
  readonly parameters: CellParameters;
  readonly #activation: Activation;
  /** [H] what x and h contribute to the units, and on the way back their gradients. */
  readonly #fromX: Float64Array;
  readonly #fromH: Float64Array;

  constructor(
    readonly inputs: number,
    readonly hidden: number,
    readonly nonlinearity: Nonlinearity = "tanh",
    room: Allocate = allocate,
  ) {
    this.stateSize = hidden;
    this.#fromX = new Float64Array(hidden);
    this.#fromH = new Float64Array(hidden);
    this.#activation = ACTIVATIONS[nonlinearity];
    this.parameters = cellParameters(1, inputs, hidden, room);
  }

  forward(after: Float64Array, _kept: Float64Array, before: Float64Array, x: Float64Array): void {
    const fromX = this.#fromX;
    const fromH = this.#fromH;
    gateInputs(fromX, fromH, this.parameters, x, before, this.hidden);
    for (let j = 0; j < this.hidden; j++) after[j] = this.#activation.f(fromX[j]! + fromH[j]!);
  }

  backward(
    dBefore: Float64Array,
    dX: Float64Array,
    dAfter: Float64Array,
    after: Float64Array,
    _kept: Float64Array,
    before: Float64Array,
    x: Float64Array,
  ): void {
    const da = this.#fromX;
    for (let j = 0; j < this.hidden; j++) da[j] = dAfter[j]! * this.#activation.slope(after[j]!);
    gateInputsBackward(dX, dBefore, this.parameters, da, da, x, before, this.hidden);
  }
}
