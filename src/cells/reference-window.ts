import { problem } from "../core/index.js";
import type { Network } from "./network.js";
import { directionCount } from "./network-shape.js";
import { type Frame, Trace } from "./trace.js";
import type { Dropout, Window } from "./trainable-network.js";

/** A pass of the float64 reference: sequence by sequence, cell by cell, step by step. */
export class ReferenceWindow implements Window {
  readonly batch: number;
  readonly steps: number;
  readonly input: Float64Array;
  readonly begins: Uint8Array;
  readonly initial: Float64Array;
  readonly output: Float64Array;
  readonly dOutput: Float64Array;
  readonly dInput: Float64Array;
  readonly #network: Network;
  /** D */
  readonly #directions: number;
  readonly #trace: Trace;
  /** By layer: dL/doutput of a sequence, [T, D H]; the lowest one is dL/dinput, [T, I]. */
  readonly #dRows: readonly Float64Array[];
  /** By cell, [S]: dL/dstate before a step. */
  readonly #dBefore: readonly Float64Array[];
  /** [B, S]: dL/dstate that the first steps start from. */
  readonly #dInitial: Float64Array;

  constructor(network: Network, batch: number, steps: number, inputGradients = false) {
    const { shape, cells, inputs, outputs, stateSize } = network;
    const rows = batch * steps;
    const D = directionCount(shape);
    this.batch = batch;
    this.steps = steps;
    this.input = new Float64Array(rows * inputs);
    this.begins = new Uint8Array(rows);
    this.initial = new Float64Array(batch * stateSize);
    this.output = new Float64Array(rows * outputs);
    this.dOutput = new Float64Array(rows * outputs);
    this.dInput = new Float64Array(inputGradients ? rows * inputs : 0);
    this.#dInitial = new Float64Array(batch * stateSize);
    this.#network = network;
    this.#directions = D;
    const layers = Array.from({ length: shape.layers }, (_, layer) =>
      cells.slice(layer * D, (layer + 1) * D),
    );
    this.#trace = new Trace(layers, batch, steps);
    const widths = [inputs, ...layers.map(() => D * shape.hidden)];
    this.#dRows = widths.map((width) => new Float64Array(steps * width));
    this.#dBefore = cells.map((cell) => new Float64Array(cell.stateSize));
  }

  /** @throws TypeError code `NO_DROPOUT` with dropout of a rate above 0 */
  forward(dropout?: Dropout): void {
    if (dropout !== undefined && dropout.rate > 0) {
      throw problem(TypeError, {
        code: "NO_DROPOUT",
        action: "run",
        on: `the reference network "${this.#network.name}"`,
        expected: "no dropout: that is the kernel's",
        found: `rate ${dropout.rate}`,
      });
    }
    const { steps: T, output } = this;
    const { cells, head, outputs: O, shape, stateSize } = this.#network;
    for (let b = 0; b < this.batch; b++) {
      let at = b * stateSize;
      for (const [index, cell] of cells.entries()) {
        this.#forwardCell(index, b, this.initial.subarray(at, at + cell.stateSize));
        at += cell.stateSize;
      }
      for (let row = b * T; row < (b + 1) * T; row++) {
        head.forward(output.subarray(row * O, (row + 1) * O), this.#trace.output(shape.layers - 1, row));
      }
    }
  }

  /** One cell over one sequence, in the order in which it reads. */
  #forwardCell(index: number, b: number, initial: Float64Array): void {
    const T = this.steps;
    const D = this.#directions;
    const cell = this.#network.cells[index]!;
    const layer = Math.floor(index / D);
    let previous = initial;
    for (let i = 0; i < T; i++) {
      const row = b * T + this.#order(index, i);
      const { before, after, h, kept } = this.#trace.frame(index, row);
      if (this.#startsAt(index, row)) before.fill(0);
      else before.set(previous);
      cell.forward(after, kept, before, this.#layerInput(layer, row));
      if (D > 1) this.#trace.output(layer, row).set(h, (index % D) * cell.hidden);
      previous = after;
    }
  }

  backward(): void {
    const { steps: T, dOutput } = this;
    const { cells, head, outputs: O, shape } = this.#network;
    const width = this.#directions * shape.hidden;
    for (let b = 0; b < this.batch; b++) {
      for (const rows of this.#dRows) rows.fill(0);
      const top = this.#dRows[shape.layers]!;
      for (let t = 0; t < T; t++) {
        const row = b * T + t;
        const dH = top.subarray(t * width, (t + 1) * width);
        const h = this.#trace.output(shape.layers - 1, row);
        head.backward(dH, dOutput.subarray(row * O, (row + 1) * O), h);
      }
      for (let index = cells.length - 1; index >= 0; index--) this.#backwardCell(index, b);
      if (this.dInput.length > 0) this.dInput.set(this.#dRows[0]!, b * this.#dRows[0]!.length);
      let at = b * this.#network.stateSize;
      for (const [index, dBefore] of this.#dBefore.entries()) {
        if (!this.#isReverse(index)) this.#dInitial.set(dBefore, at);
        at += dBefore.length;
      }
    }
  }

  /** One cell over one sequence, against the order in which it reads. */
  #backwardCell(index: number, b: number): void {
    const T = this.steps;
    const D = this.#directions;
    const cell = this.#network.cells[index]!;
    const { hidden: H, inputs: I } = cell;
    const layer = Math.floor(index / D);
    const own = this.#dRows[layer + 1]!;
    const below = this.#dRows[layer]!;
    const dBefore = this.#dBefore[index]!.fill(0);
    for (let i = T - 1; i >= 0; i--) {
      const t = this.#order(index, i);
      const row = b * T + t;
      const { before, after, kept, dAfter } = this.#trace.frame(index, row);
      dAfter.set(dBefore);
      const from = t * D * H + (index % D) * H;
      for (let j = 0; j < H; j++) dAfter[j]! += own[from + j]!;
      const dX = below.subarray(t * I, (t + 1) * I);
      dBefore.fill(0);
      cell.backward(dBefore, dX, dAfter, after, kept, before, this.#layerInput(layer, row));
      if (this.#startsAt(index, row)) dBefore.fill(0);
    }
  }

  statesBefore(states: Float64Array, t: number): void {
    this.#readFrames(states, t, ({ after }) => after);
  }

  gradientsBefore(gradients: Float64Array, t: number): void {
    if (t === 0) gradients.set(this.#dInitial);
    else this.#readFrames(gradients, t, ({ dAfter }) => dAfter);
  }

  #readFrames(values: Float64Array, t: number, part: (frame: Frame) => Float64Array): void {
    let at = 0;
    for (let b = 0; b < this.batch; b++) {
      for (const [index, { stateSize }] of this.#network.cells.entries()) {
        if (this.#isReverse(index)) values.fill(0, at, at + stateSize);
        else values.set(part(this.#trace.frame(index, b * this.steps + t - 1)), at);
        at += stateSize;
      }
    }
  }

  /** The time step that a cell reads as its i-th. */
  #order(index: number, i: number): number {
    return this.#isReverse(index) ? this.steps - 1 - i : i;
  }

  /** Whether a cell starts from zeros at this step: a sequence begins, or for a reverse cell ends, here. */
  #startsAt(index: number, row: number): boolean {
    if (!this.#isReverse(index)) return this.begins[row] === 1;
    return (row + 1) % this.steps !== 0 && this.begins[row + 1] === 1;
  }

  #isReverse(index: number): boolean {
    return index % this.#directions === 1;
  }

  #layerInput(layer: number, row: number): Float64Array {
    if (layer > 0) return this.#trace.output(layer - 1, row);
    const I = this.#network.inputs;
    return this.input.subarray(row * I, (row + 1) * I);
  }
}
