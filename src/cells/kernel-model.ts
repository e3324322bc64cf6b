import { problem } from "../core/index.js";
import { Kernel, type Pointer } from "../kernel/index.js";
import { checkGraph } from "./check-graph.js";
import { CHUNK, KernelPlan, type KernelProgram } from "./kernel-program.js";
import type { RecurrentModel } from "./recurrent-model.js";
import type { StateLayout } from "./state-layout.js";
import { StateSlab } from "./state-slab.js";
import type { StepGraph } from "./step-graph.js";
import type { Floats } from "./trainable-network.js";

/**
 * A network in the kernel: float32, one step of a GRU with 64 units about a microsecond.
 *
 * States stand in its slab, a slot per key (`acquire`, `stepSlot`, `stepSlots`), or with the caller
 * (`step`, as the port says). Either way gives the same bits, one key or many at a time.
 */
export class KernelModel implements RecurrentModel {
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  readonly #graph: StepGraph;
  readonly #layout: StateLayout;
  #kernel!: Kernel;
  #plan!: KernelPlan;
  #program!: KernelProgram;
  /** [CHUNK] of the rows under way: pointers to their states, and whether they were refused. */
  #states!: Pointer;
  #refused!: Pointer;
  /** [I], [O] */
  #inputRow!: Float32Array;
  #outputRow!: Float32Array;
  /** What `run` used last, for the next sequence of as many steps. */
  #sequence: { readonly steps: number; readonly program: KernelProgram } | undefined;
  readonly #slab: StateSlab;
  /** Reads sequences from their end somewhere: it can't step. */
  readonly #isReverse: boolean;
  /** The slot through which `step` goes. */
  readonly #own: number;

  /** @throws RangeError code `STEP_GRAPH` when the graph's sizes don't fit together */
  constructor(
    graph: StepGraph,
    readonly name = "network",
  ) {
    checkGraph(graph, name);
    this.#graph = graph;
    this.#settle(new Kernel());
    this.#layout = this.#plan.layout;
    this.inputs = graph.sizes[0]!;
    this.outputs = graph.sizes[graph.output]!;
    this.stateSize = this.#layout.stateSize;
    this.#slab = new StateSlab(this.#kernel, this.#layout.initial);
    this.#own = this.#slab.acquire();
    this.#isReverse = graph.operations.some(
      (operation) => operation.kind === "recurrent" && operation.direction === "reverse",
    );
  }

  /** Bytes of memory that the kernel holds for weights and states. */
  get bytes(): number {
    return this.#kernel.bytes;
  }

  /** Some layer reads sequences from their end: it can `run` over whole ones, and not step. */
  get readsFromEnd(): boolean {
    return this.#isReverse;
  }

  /** [S] at the start of a sequence. */
  get initialState(): Float64Array {
    const state = new Float64Array(this.stateSize);
    gather(state, this.#layout, this.#layout.initial);
    return state;
  }

  step(output: Float64Array, state: Float64Array, input: Float64Array): void {
    this.writeState(this.#own, state);
    if (this.stepSlot(output, this.#own, input)) this.readState(state, this.#own);
  }

  /** A slot at the start of a sequence, for `stepSlot`. */
  acquire(): number {
    return this.#slab.acquire();
  }

  /** Gives a slot back. Once few are left of many, the memory goes back to the system too. */
  release(slot: number): void {
    this.#requireHeld(slot);
    this.#slab.release(slot);
    if (!this.#slab.isSparse) return;
    this.#settle(new Kernel());
    this.#slab.moveTo(this.#kernel);
  }

  /** @param state [S], overwritten */
  readState(state: Floats, slot: number): void {
    this.#requireHeld(slot);
    this.#requireLength("state", state, this.stateSize);
    gather(state, this.#layout, this.#slab.elements(slot));
  }

  /** @param state [S], rounded to float32 */
  writeState(slot: number, state: Floats): void {
    this.#requireHeld(slot);
    this.#requireLength("state", state, this.stateSize);
    const elements = this.#slab.elements(slot);
    let from = 0;
    for (const { at, length } of this.#layout.stretches) {
      for (let i = 0; i < length; i++) elements[at + i] = state[from++]!;
    }
  }

  /** Back to the start of a sequence. */
  resetState(slot: number): void {
    this.#requireHeld(slot);
    this.#slab.reset(slot);
  }

  /**
   * One event of one key: advances its slot's state.
   *
   * @param output [O], overwritten
   * @param input  [I]
   * @returns false if anything was not finite: the state is as it was, the output NaN
   * @throws TypeError code `WHOLE_SEQUENCES_ONLY` when a layer reads from the end: see `LaggedModel`, `run`
   * @throws RangeError code `MODEL_SHAPE`, `SLOT_NOT_HELD`
   */
  stepSlot(output: Floats, slot: number, input: Floats): boolean {
    this.#requireSteps(output, input, 1);
    this.#requireHeld(slot);
    const { exports, words } = this.#kernel;
    if (this.#inputRow.length === 0) this.#view();
    this.#inputRow.set(input);
    words[this.#states >>> 2] = this.#slab.pointer(slot);
    if (exports.stepRows(this.#program.pointer, this.#states, this.#refused, 1) > 0) {
      output.fill(Number.NaN);
      return false;
    }
    output.set(this.#outputRow);
    return true;
  }

  /**
   * One event of each of B keys, the same bits as one by one.
   *
   * @param outputs [B, O], overwritten; NaN in the rows that were refused
   * @param slots   [B], each at most once
   * @param inputs  [B, I]
   * @returns how many were refused, since a number was not finite: their states are as they were
   * @throws as `stepSlot`
   */
  stepSlots(outputs: Floats, slots: ArrayLike<number>, inputs: Floats): number {
    this.#requireSteps(outputs, inputs, slots.length);
    let refused = 0;
    for (let first = 0; first < slots.length; first += CHUNK) {
      refused += this.#stepChunk(outputs, slots, inputs, first, Math.min(CHUNK, slots.length - first));
    }
    return refused;
  }

  #stepChunk(outputs: Floats, slots: ArrayLike<number>, inputs: Floats, first: number, rows: number): number {
    const { inputs: I, outputs: O } = this;
    const { floats, words } = this.#kernel;
    const { input, output, pointer } = this.#program;
    const states = this.#states >>> 2;
    for (let row = 0; row < rows; row++) {
      const slot = slots[first + row]!;
      this.#requireHeld(slot);
      words[states + row] = this.#slab.pointer(slot);
    }
    floats.set(inputs.subarray(first * I, (first + rows) * I), input >>> 2);
    const refused = this.#kernel.exports.stepRows(pointer, this.#states, this.#refused, rows);
    outputs.set(this.#kernel.view(output, rows * O), first * O);
    if (refused > 0) {
      for (let row = 0; row < rows; row++) {
        if (words[(this.#refused >>> 2) + row] === 0) continue;
        outputs.fill(Number.NaN, (first + row) * O, (first + row + 1) * O);
      }
    }
    return refused;
  }

  /**
   * A whole sequence at once, layer by layer: also what reads it from its end. Values that are not finite
   * pass through. Its buffers are kept for the next sequence of as many steps.
   *
   * @param input [T, I]
   * @param state [S] at its start; default the initial one
   * @returns [T, O]
   */
  run(input: Floats, state: Floats = this.initialState): Float32Array {
    const { inputs: I, outputs: O } = this;
    const steps = Math.floor(input.length / I);
    this.#requireLength("input", input, steps * I);
    if (steps === 0) return new Float32Array(0);
    this.writeState(this.#own, state);
    const program = this.#sequenceProgram(steps);
    const kernel = this.#kernel;
    kernel.view(program.input, steps * I).set(input);
    kernel.exports.runSequence(program.pointer, this.#slab.pointer(this.#own), steps);
    return kernel.view(program.output, steps * O).slice();
  }

  #sequenceProgram(steps: number): KernelProgram {
    if (this.#sequence?.steps !== steps) {
      this.#sequence?.program.release();
      this.#sequence = { steps, program: this.#plan.program(steps) };
    }
    return this.#sequence.program;
  }

  /** Views of the first row, made again after memory grew: that leaves them without elements. */
  #view(): void {
    const { input, output } = this.#program;
    this.#inputRow = this.#kernel.view(input, this.inputs);
    this.#outputRow = this.#kernel.view(output, this.outputs);
  }

  #settle(kernel: Kernel): void {
    this.#kernel = kernel;
    this.#plan = new KernelPlan(kernel, this.#graph);
    this.#program = this.#plan.program(CHUNK);
    this.#states = kernel.allocate(CHUNK);
    this.#refused = kernel.allocate(CHUNK);
    this.#inputRow = this.#outputRow = new Float32Array(0);
    this.#sequence = undefined;
  }

  #requireSteps(outputs: Floats, inputs: Floats, rows: number): void {
    this.#requireLength("input", inputs, rows * this.inputs);
    this.#requireLength("output", outputs, rows * this.outputs);
    if (!this.#isReverse) return;
    throw problem(TypeError, {
      code: "WHOLE_SEQUENCES_ONLY",
      action: "step",
      on: `network "${this.name}"`,
      expected: "layers that read forward",
      found: "one that reads sequences from their end",
    });
  }

  #requireLength(what: string, values: Floats, length: number): void {
    if (values.length === length) return;
    throw problem(RangeError, {
      code: "MODEL_SHAPE",
      action: "step",
      on: `network "${this.name}"`,
      expected: `${what} of ${length} numbers`,
      found: String(values.length),
    });
  }

  #requireHeld(slot: number): void {
    if (this.#slab.isHeld(slot)) return;
    throw problem(RangeError, {
      code: "SLOT_NOT_HELD",
      action: "use a state",
      on: `of network "${this.name}"`,
      expected: "a slot that acquire() gave and release() did not take back",
      found: String(slot),
    });
  }
}

function gather(state: Floats, { stretches }: StateLayout, elements: Float32Array): void {
  let to = 0;
  for (const { at, length } of stretches) {
    for (let i = 0; i < length; i++) state[to++] = elements[at + i]!;
  }
}
