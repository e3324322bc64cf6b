import type { Kernel, Pointer } from "../kernel/index.js";
import { padded } from "./kernel-layout.js";
import type { KernelNetwork } from "./kernel-network.js";
import { KernelPass, SLACK, type Source } from "./kernel-pass.js";
import type { Dropout, Floats, Window } from "./trainable-network.js";

/** Products with rows that have fewer elements than this share pass over what is zero. */
const SPARSE = 1 / 8;

/** A pass over B sequences of n steps in the kernel, where rows are time-major, [n, B]. */
export class KernelWindow implements Window {
  readonly batch: number;
  readonly steps: number;
  readonly begins: Uint8Array;
  readonly #network: KernelNetwork;
  readonly #kernel: Kernel;
  /** [B, n, I], [B, S], [B, n, O], [B, n, O] */
  readonly #input: Pointer;
  readonly #initial: Pointer;
  readonly #output: Pointer;
  readonly #dOutput: Pointer;
  /** [B, n, I]; 0: nobody asks for it */
  readonly #dInput: Pointer;
  /** [n, B] u8 */
  readonly #beginRows: Pointer;
  /** The input as the lowest layer sees it, [n, B, I]. */
  #inputRows: Source;
  /** [n, B, O] logits, on the way back their gradients; bytes of a row */
  readonly #logits: Pointer;
  readonly #logitRow: number;
  /** Layer by layer from the lowest: forward, or forward and reverse. */
  readonly #layers: readonly (readonly KernelPass[])[];
  /** The same in one row: as their states stand. */
  readonly #passes: readonly KernelPass[];
  /** So many of the lower layers have elements dropped of what they give. */
  #droppedLayers = 0;

  constructor(network: KernelNetwork, batch: number, steps: number, inputGradients = false) {
    const { kernel, inputs, outputs, layout } = network;
    const rows = batch * steps;
    this.batch = batch;
    this.steps = steps;
    this.begins = new Uint8Array(rows);
    this.#network = network;
    this.#kernel = kernel;
    this.#input = kernel.allocate(rows * inputs);
    this.#initial = kernel.allocate(batch * network.stateSize);
    this.#output = kernel.allocate(rows * outputs);
    this.#dOutput = kernel.allocate(rows * outputs);
    this.#beginRows = kernel.allocate(Math.ceil(rows / 4));
    this.#dInput = inputGradients ? kernel.allocate(rows * inputs) : 0;
    // Gradients come in blocks of 16.
    const width = inputGradients ? padded(inputs) + SLACK : inputs;
    this.#inputRows = {
      rows: kernel.allocate(rows * width),
      row: 4 * width,
      K: inputs,
      dRows: inputGradients ? kernel.allocate(rows * width) : 0,
    };
    this.#logits = kernel.allocate(rows * (layout.head.width + SLACK));
    this.#logitRow = 4 * (layout.head.width + SLACK);
    this.#passes = layout.cells.map((_, index) => new KernelPass(network, index, batch, steps));
    const D = layout.head.weight.length;
    this.#layers = Array.from({ length: network.shape.layers }, (_, layer) =>
      this.#passes.slice(layer * D, (layer + 1) * D),
    );
  }

  get input(): Float32Array {
    return this.#kernel.view(this.#input, this.batch * this.steps * this.#network.inputs);
  }

  get initial(): Float32Array {
    return this.#kernel.view(this.#initial, this.batch * this.#network.stateSize);
  }

  get output(): Float32Array {
    return this.#kernel.view(this.#output, this.batch * this.steps * this.#network.outputs);
  }

  get dOutput(): Float32Array {
    return this.#kernel.view(this.#dOutput, this.batch * this.steps * this.#network.outputs);
  }

  get dInput(): Float32Array {
    const size = this.#dInput === 0 ? 0 : this.batch * this.steps * this.#network.inputs;
    return this.#kernel.view(this.#dInput, size);
  }

  forward(dropout?: Dropout): void {
    const { batch: B, steps: n } = this;
    const { exports } = this.#kernel;
    const { inputs, outputs } = this.#network;
    const isDropping = dropout !== undefined && dropout.rate > 0;
    this.#droppedLayers = isDropping ? this.#layers.length - (dropout.head === true ? 0 : 1) : 0;
    exports.toRows(this.#inputRows.rows, this.#inputRows.row, this.#input, B, n, inputs);
    this.#lookForZeros();
    this.#start();
    const begins = this.#spreadBegins();
    for (const [layer, passes] of this.#layers.entries()) {
      const sources = this.#sources(layer);
      for (const pass of passes) {
        pass.forward(sources, begins);
        if (dropout !== undefined && layer < this.#droppedLayers) pass.drop(dropout);
      }
    }
    this.#forwardHead();
    exports.fromRows(this.#output, this.#logits, this.#logitRow, B, n, outputs);
  }

  backward(): void {
    const { batch: B, steps: n } = this;
    for (const pass of this.#passes) pass.clearGradients();
    const { dRows, row } = this.#inputRows;
    if (dRows !== 0) this.#kernel.view(dRows, (B * n * row) / 4).fill(0);
    this.#kernel.exports.toRows(this.#logits, this.#logitRow, this.#dOutput, B, n, this.#network.outputs);
    this.#backwardHead();
    for (let layer = this.#layers.length - 1; layer >= 0; layer--) {
      const sources = this.#sources(layer);
      for (const pass of this.#layers[layer]!) {
        if (layer < this.#droppedLayers) pass.dropGradients();
        pass.backward(sources);
      }
    }
    if (dRows !== 0) this.#kernel.exports.fromRows(this.#dInput, dRows, row, B, n, this.#network.inputs);
  }

  statesBefore(states: Floats, t: number): void {
    this.#eachCell((pass, at) => pass.stateBefore(states, this.#network.stateSize, at, t));
  }

  gradientsBefore(gradients: Floats, t: number): void {
    this.#eachCell((pass, at) => pass.gradientBefore(gradients, this.#network.stateSize, at, t));
  }

  /** Whether most inputs are zeros, is looked up anew in every pass: it takes no time beside what it saves. */
  #lookForZeros(): void {
    const { rows, row, K } = this.#inputRows;
    const count = this.batch * this.steps;
    const isSparse = this.#kernel.exports.countNonZeros(rows, row, count, K) < SPARSE * count * K;
    this.#inputRows = { ...this.#inputRows, isSparse };
  }

  #start(): void {
    const { initial } = this;
    this.#eachCell((pass, at) => pass.start(initial, this.#network.stateSize, at));
  }

  /** Passes with where each one's part of the state begins. */
  #eachCell(visit: (pass: KernelPass, at: number) => void): void {
    const each = this.#network.stateSize / this.#passes.length;
    for (const [index, pass] of this.#passes.entries()) visit(pass, index * each);
  }

  /** @returns `begins` as [n, B] in the kernel; 0: no sequence begins */
  #spreadBegins(): Pointer {
    const { batch: B, steps: n, begins } = this;
    if (!begins.includes(1)) return 0;
    const rows = new Uint8Array(this.#kernel.exports.memory.buffer, this.#beginRows, B * n);
    for (let b = 0; b < B; b++) for (let t = 0; t < n; t++) rows[t * B + b] = begins[b * n + t]!;
    return this.#beginRows;
  }

  /** What a layer, or above the top one the head, sees. */
  #sources(layer: number): readonly Source[] {
    if (layer === 0) return [this.#inputRows];
    const isDropped = layer <= this.#droppedLayers;
    return this.#layers[layer - 1]!.map((pass) => (isDropped ? pass.droppedOutput : pass.output));
  }

  #forwardHead(): void {
    const { exports } = this.#kernel;
    const { weight, bias, width } = this.#network.layout.head;
    const count = this.batch * this.steps;
    exports.fillRows(this.#logits, this.#logitRow, this.#network.pointer("weights", bias), count, width);
    for (const [i, { rows, row, K }] of this.#sources(this.#layers.length).entries()) {
      const { at, lanes, N, K4 } = weight[i]!;
      const w = this.#network.pointer("weights", at);
      if (lanes === 4) exports.multiplyNarrow(this.#logits, this.#logitRow, rows, row, w, count, K);
      else exports.multiply(this.#logits, this.#logitRow, rows, row, w, 64 * K4, count, K, N / 16);
    }
  }

  #backwardHead(): void {
    const { exports } = this.#kernel;
    const { outputs, headT } = this.#network;
    const { weight, bias, width } = this.#network.layout.head;
    const count = this.batch * this.steps;
    const dBias = this.#network.pointer("gradients", bias);
    exports.sumRows(dBias, this.#logits, this.#logitRow, count, width);
    for (const [i, { rows, row, K, dRows }] of this.#sources(this.#layers.length).entries()) {
      const { at, lanes, N, K4 } = weight[i]!;
      const dW = this.#network.pointer("gradients", at);
      if (lanes === 4) exports.multiplyNarrowGradient(dW, this.#logits, this.#logitRow, rows, row, count, K);
      else exports.multiplyGradient(dW, 64 * K4, this.#logits, this.#logitRow, rows, row, count, K, N / 16);
      const blocks = Math.ceil(K / 16);
      exports.multiply(dRows, row, this.#logits, this.#logitRow, headT[i]!, 64 * N, count, outputs, blocks);
    }
  }
}
