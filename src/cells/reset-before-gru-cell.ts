import { sigmoid, tanh } from "../core/index.js";
import { type Cell, type CellParameters, cellParameters } from "./cell.js";
import { affine, affineBackward } from "./dense.js";
import { type Allocate, allocate } from "./parameter.js";

/** A matrix with its bias, as `affine` takes them: some rows of a cell's parameters. */
interface Rows {
  readonly weight: Float64Array;
  readonly bias: Float64Array;
  readonly dWeight: Float64Array;
  readonly dBias: Float64Array;
}

/**
 * The gated recurrent unit as first published (Cho et al. 2014; ONNX: linear_before_reset = 0): the reset
 * gate acts on the hidden state before it is multiplied by W_hn.
 *
 *     r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
 *     z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
 *     m  = r h
 *     n  = tanh(W_in x + b_in + W_hn m + b_hn)
 *     h' = (1 - z) n + z h
 *
 * Rows of the parameters: r, z, n. S = H; kept, [K = 4H]: r, z, n, m.
 */
export class ResetBeforeGruCell implements Cell {
  readonly stateSize: number;
  readonly keptSize: number;
  readonly parameters: CellParameters;
  /** Rows r and z, then n, of weight_hh and bias_hh. */
  readonly #gates: Rows;
  readonly #candidate: Rows;
  /** [G H] what x and h contribute, and on the way back the gradient of their sum. */
  readonly #fromX: Float64Array;
  readonly #fromH: Float64Array;
  /** [H] dL/dm */
  readonly #dM: Float64Array;

  constructor(
    readonly inputs: number,
    readonly hidden: number,
    room: Allocate = allocate,
  ) {
    this.stateSize = hidden;
    this.keptSize = 4 * hidden;
    this.parameters = cellParameters(3, inputs, hidden, room);
    this.#gates = this.#rows(0, 2);
    this.#candidate = this.#rows(2, 3);
    this.#fromX = new Float64Array(3 * hidden);
    this.#fromH = new Float64Array(3 * hidden);
    this.#dM = new Float64Array(hidden);
  }

  forward(after: Float64Array, kept: Float64Array, before: Float64Array, x: Float64Array): void {
    const H = this.hidden;
    const { weightIh, biasIh } = this.parameters;
    const fromX = this.#fromX;
    const fromH = this.#fromH;
    const m = kept.subarray(3 * H, 4 * H);
    affine(fromX, weightIh.values, biasIh.values, x, this.inputs);
    affine(fromH, this.#gates.weight, this.#gates.bias, before, H);
    for (let j = 0; j < H; j++) {
      kept[j] = sigmoid(fromX[j]! + fromH[j]!);
      kept[H + j] = sigmoid(fromX[H + j]! + fromH[H + j]!);
      m[j] = kept[j]! * before[j]!;
    }
    affine(fromH.subarray(2 * H), this.#candidate.weight, this.#candidate.bias, m, H);
    for (let j = 0; j < H; j++) {
      const z = kept[H + j]!;
      const n = tanh(fromX[2 * H + j]! + fromH[2 * H + j]!);
      after[j] = (1 - z) * n + z * before[j]!;
      kept[2 * H + j] = n;
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
    const { weightIh, biasIh } = this.parameters;
    const da = this.#fromX;
    const dM = this.#dM.fill(0);
    for (let j = 0; j < H; j++) {
      const z = kept[H + j]!;
      const n = kept[2 * H + j]!;
      const dh = dAfter[j]!;
      da[H + j] = dh * (before[j]! - n) * z * (1 - z);
      da[2 * H + j] = dh * (1 - z) * (1 - n * n);
      dBefore[j]! += dh * z;
    }
    const candidate = this.#candidate;
    const m = kept.subarray(3 * H, 4 * H);
    affineBackward(dM, candidate.dWeight, candidate.dBias, da.subarray(2 * H), candidate.weight, m, H);
    for (let j = 0; j < H; j++) {
      const r = kept[j]!;
      da[j] = dM[j]! * before[j]! * r * (1 - r);
      dBefore[j]! += dM[j]! * r;
    }
    const gates = this.#gates;
    affineBackward(dBefore, gates.dWeight, gates.dBias, da.subarray(0, 2 * H), gates.weight, before, H);
    affineBackward(dX, weightIh.gradient, biasIh.gradient, da, weightIh.values, x, this.inputs);
  }

  /** Gates [from, to) of what the hidden state meets. */
  #rows(from: number, to: number): Rows {
    const H = this.hidden;
    const { weightHh, biasHh } = this.parameters;
    return {
      weight: weightHh.values.subarray(from * H * H, to * H * H),
      bias: biasHh.values.subarray(from * H, to * H),
      dWeight: weightHh.gradient.subarray(from * H * H, to * H * H),
      dBias: biasHh.gradient.subarray(from * H, to * H),
    };
  }
}
