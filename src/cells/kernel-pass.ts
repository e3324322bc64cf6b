import type { Pointer, TrainingExports } from "../kernel/index.js";
import { type PackedCell, type PackedMatrix, padded } from "./kernel-layout.js";
import type { DerivedCell, KernelNetwork } from "./kernel-network.js";
import type { Dropout, Floats } from "./trainable-network.js";

/** Rows [n B, K] that a cell or the head is given, and where their gradients are added; `row` bytes apart. */
export interface Source {
  readonly rows: Pointer;
  readonly row: number;
  readonly K: number;
  /** Whether most elements are zeros, as those of symbols are; default false. */
  readonly isSparse?: boolean;
  /** Rows alike; 0: nobody asks for them. */
  readonly dRows: Pointer;
}

/** Elements by which rows are longer than they need be, lest a column's share a cache set. */
export const SLACK = 16;

/** Gates' places in a row of gates. */
const SLOTS = { rnn: 1, gru: 4, lstm: 5 } as const;
const NONLINEARITIES = ["tanh", "relu", "sigmoid"];

type StateParts = readonly (readonly [rows: Pointer, offset: number])[];

/** One cell's part in a window: its activations, and its way there and back through all steps. */
export class KernelPass {
  /** What it gives to the layer above. */
  readonly output: Source;
  readonly #network: KernelNetwork;
  readonly #exports: TrainingExports;
  readonly #cell: PackedCell;
  readonly #derived: DerivedCell;
  readonly #batch: number;
  readonly #rows: number;
  readonly #isReverse: boolean;
  /** Bytes */
  readonly #gateRow: number;
  readonly #hRow: number;
  readonly #record: Pointer;
  /** [n, B, slots, width] */
  readonly #gates: Pointer;
  /** [n + 1, B, width] each; c of LSTMs, else 0 */
  readonly #h: Pointer;
  readonly #c: Pointer;
  readonly #dH: Pointer;
  readonly #dC: Pointer;
  /** [slots, width] a bias's gradient */
  readonly #sums: Pointer;
  /** [n B, width] dropout's */
  readonly #mask: Pointer;
  /** [n B, width] what is left of h */
  readonly #dropped: Pointer;

  /** @param index the cell's, layer by layer from the lowest, forward before reverse */
  constructor(network: KernelNetwork, index: number, batch: number, steps: number) {
    const { kernel, layout, shape } = network;
    const cell = layout.cells[index]!;
    const { width } = cell;
    this.#network = network;
    this.#exports = kernel.exports;
    this.#cell = cell;
    this.#derived = network.derived[index]!;
    this.#batch = batch;
    this.#rows = batch * steps;
    this.#isReverse = shape.bidirectional === true && index % 2 === 1;
    const slots = SLOTS[shape.cell];
    this.#gateRow = 4 * (slots * width + SLACK);
    this.#hRow = 4 * (width + SLACK);
    const states = (steps + 1) * batch * (width + SLACK);
    this.#gates = kernel.allocate(this.#rows * (slots * width + SLACK));
    this.#h = kernel.allocate(states);
    this.#c = shape.cell === "lstm" ? kernel.allocate(states) : 0;
    this.#dH = kernel.allocate(states);
    this.#dC = shape.cell === "lstm" ? kernel.allocate(states) : 0;
    this.#sums = kernel.allocate(slots * width);
    this.#mask = kernel.allocate(this.#rows * width);
    this.#dropped = kernel.allocate(this.#rows * (width + SLACK));
    // Order and meaning: class Layer of assembly/training/layer.ts.
    const record = [
      steps,
      batch,
      shape.hidden,
      width,
      Number(this.#isReverse),
      0,
      this.#gates,
      this.#h,
      this.#c,
      this.#dH,
      this.#dC,
      kernel.allocate(batch * (width + SLACK)),
      kernel.allocate(width),
      network.pointer("weights", cell.weightHh.at),
      this.#derived.weightHhT,
      cell.peephole === undefined ? 0 : network.pointer("weights", cell.peephole),
      NONLINEARITIES.indexOf(shape.nonlinearity ?? "tanh"),
      network.pointer("gradients", cell.weightHh.at),
      cell.peephole === undefined ? 0 : network.pointer("gradients", cell.peephole),
    ];
    this.#record = kernel.allocate(record.length);
    this.#words().set(record);
    const after = this.#isReverse ? 0 : batch * this.#hRow;
    this.output = { rows: this.#h + after, row: this.#hRow, K: shape.hidden, dRows: this.#dH + after };
  }

  /** What the layer above sees instead while elements are dropped. */
  get droppedOutput(): Source {
    return { ...this.output, rows: this.#dropped };
  }

  /**
   * @param sources what the cell sees
   * @param begins  [n, B] u8; 0: no sequence begins
   */
  forward(sources: readonly Source[], begins: Pointer): void {
    const exports = this.#exports;
    const { width, weightIh } = this.#cell;
    const { cell, resetAfter = true } = this.#network.shape;
    this.#words()[5] = begins;
    exports.fillRows(
      this.#gates,
      this.#gateRow,
      this.#derived.bias,
      this.#rows,
      (cell === "rnn" ? 1 : 4) * width,
    );
    for (const [i, { rows, row, K, isSparse }] of sources.entries()) {
      const { at, N, K4 } = weightIh[i]!;
      const w = this.#network.pointer("weights", at);
      const multiply = isSparse === true ? exports.multiplySparse : exports.multiply;
      multiply(this.#gates, this.#gateRow, rows, row, w, 64 * K4, this.#rows, K, N / 16);
    }
    if (cell === "rnn") exports.rnnForward(this.#record);
    else if (cell === "lstm") exports.lstmForward(this.#record);
    else if (resetAfter) exports.gruForward(this.#record);
    else exports.gruResetBeforeForward(this.#record);
  }

  /** Draws what is dropped, and leaves the rest in `droppedOutput`. */
  drop({ rate, rng, steady = false }: Dropout): void {
    const { width } = this.#cell;
    const H = this.#network.shape.hidden;
    const mask = this.#network.kernel.view(this.#mask, this.#rows * width);
    const drawn = steady ? this.#batch : this.#rows;
    for (let row = 0; row < drawn; row++) {
      for (let j = 0; j < H; j++) mask[row * width + j] = rng.uniform() < rate ? 0 : 1 / (1 - rate);
    }
    for (let row = drawn; row < this.#rows; row += drawn) mask.copyWithin(row * width, 0, drawn * width);
    const { rows, row } = this.output;
    this.#exports.maskRows(this.#dropped, row, rows, row, this.#mask, this.#rows, width);
  }

  clearGradients(): void {
    const states = (this.#rows + this.#batch) * (this.#hRow / 4);
    this.#network.kernel.view(this.#dH, states).fill(0);
  }

  /** What was dropped gets no gradient. */
  dropGradients(): void {
    const { dRows, row } = this.output;
    this.#exports.maskRows(dRows, row, dRows, row, this.#mask, this.#rows, this.#cell.width);
  }

  /** Given dL/dh in `output.dRows`, adds the gradients of weights and sources. */
  backward(sources: readonly Source[]): void {
    const exports = this.#exports;
    const { cell, resetAfter = true } = this.#network.shape;
    if (cell === "rnn") exports.rnnBackward(this.#record);
    else if (cell === "lstm") exports.lstmBackward(this.#record);
    else if (resetAfter) exports.gruBackward(this.#record);
    else exports.gruResetBeforeBackward(this.#record);
    this.#biasGradients();
    for (const [i, { rows, row, K, dRows, isSparse }] of sources.entries()) {
      const { at, N, K4 } = this.#cell.weightIh[i]!;
      const dW = this.#network.pointer("gradients", at);
      const multiplyGradient = isSparse === true ? exports.multiplySparseGradient : exports.multiplyGradient;
      multiplyGradient(dW, 64 * K4, this.#gates, this.#gateRow, rows, row, this.#rows, K, N / 16);
      if (dRows !== 0) this.#inputGradients(this.#derived.weightIhT[i]!, this.#cell.weightIh[i]!, dRows, row);
    }
  }

  #inputGradients(weightT: Pointer, { N, K }: PackedMatrix, dRows: Pointer, row: number): void {
    const blocks = padded(K) / 16;
    this.#exports.multiply(dRows, row, this.#gates, this.#gateRow, weightT, 64 * N, this.#rows, N, blocks);
  }

  /** Both biases get the sum of their gates' gradients; a GRU's candidate has two sums (see assembly/training/gru.ts). */
  #biasGradients(): void {
    const { biasIh, biasHh, width, weightHh } = this.#cell;
    const { kernel, shape } = this.#network;
    const slots = shape.cell === "gru" && (shape.resetAfter ?? true) ? 4 : weightHh.N / width;
    const sums = kernel.view(this.#sums, slots * width);
    sums.fill(0);
    kernel.exports.sumRows(this.#sums, this.#gates, this.#gateRow, this.#rows, slots * width);
    const dIh = kernel.view(this.#network.pointer("gradients", biasIh), weightHh.N);
    const dHh = kernel.view(this.#network.pointer("gradients", biasHh), weightHh.N);
    // A GRU's gates stand as n, r, z, m in rows, n, r, z in b_ih, and r, z, n in b_hh.
    const ahead = shape.cell === "gru" ? width : 0;
    for (let i = 0; i < weightHh.N; i++) {
      dIh[i]! += sums[i]!;
      dHh[i]! += sums[(i + ahead) % sums.length]!;
    }
  }

  /** @param initial [B, S]; this cell's part begins at `at` */
  start(initial: Floats, stateSize: number, at: number): void {
    const first = this.#isReverse ? this.#rows : 0;
    for (const [rows, offset] of this.#parts(this.#h, this.#c)) {
      for (let b = 0; b < this.#batch; b++) {
        const from = b * stateSize + at + offset;
        this.#stateRow(rows, first + b).set(initial.subarray(from, from + this.#network.shape.hidden));
      }
    }
  }

  /** The opposite: writes the states after step t - 1. */
  stateBefore(states: Floats, stateSize: number, at: number, t: number): void {
    this.#readRows(this.#parts(this.#h, this.#c), states, stateSize, at, t);
  }

  /** Writes dL/dstate of the same. */
  gradientBefore(gradients: Floats, stateSize: number, at: number, t: number): void {
    this.#readRows(this.#parts(this.#dH, this.#dC), gradients, stateSize, at, t);
  }

  #readRows(parts: StateParts, values: Floats, stateSize: number, at: number, t: number): void {
    for (const [rows, offset] of parts) {
      for (let b = 0; b < this.#batch; b++) {
        const to = b * stateSize + at + offset;
        if (this.#isReverse) values.fill(0, to, to + this.#network.shape.hidden);
        else values.set(this.#stateRow(rows, t * this.#batch + b), to);
      }
    }
  }

  /** A state's parts, an LSTM's two: rows, and where they begin in the cell's state. */
  #parts(h: Pointer, c: Pointer): StateParts {
    const parts = [
      [h, 0],
      [c, this.#network.shape.hidden],
    ] as const;
    return c === 0 ? parts.slice(0, 1) : parts;
  }

  #stateRow(rows: Pointer, row: number): Float32Array {
    return this.#network.kernel.view(rows + row * this.#hRow, this.#network.shape.hidden);
  }

  #words(): Int32Array {
    return new Int32Array(this.#network.kernel.exports.memory.buffer, this.#record, 19);
  }
}
