import { problem, type Rng } from "../core/index.js";
import type { Cell } from "./cell.js";
import { initializeCell, initializeHead } from "./initialize.js";
import { LinearHead } from "./linear-head.js";
import { checkShape, createCell, gateCount, type NetworkShape, weightCount } from "./network-shape.js";
import type { Allocate, Parameter } from "./parameter.js";
import type { RecurrentModel } from "./recurrent-model.js";
import { Trace } from "./trace.js";

/**
 * A stack of recurrent cells and a linear head, in float64: plain arithmetic, the oracle of any faster
 * implementation. Steps one event at a time, or runs forward and backward over sequences [B, T].
 *
 * Parameters are named as PyTorch names those of a module with an `rnn` and a `head`:
 * `rnn.weight_ih_l0`, `rnn.weight_hh_l0`, `rnn.bias_ih_l0`, `rnn.bias_hh_l0`, ..., `head.weight`, `head.bias`.
 * State, [S]: the cells' states from the lowest layer up.
 */
export class Network implements RecurrentModel {
  readonly shape: NetworkShape;
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  readonly cells: readonly Cell[];
  readonly head: LinearHead;
  /** All weights in one array; the parameters are views of it. */
  readonly weights: Float64Array;
  /** dL/dweights, laid out like the weights; `backward` adds to it. */
  readonly gradients: Float64Array;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** One step's frame, for `step`. */
  readonly #single: Trace;
  /** [O] */
  readonly #output: Float64Array;
  /** Per layer [S]: dL/dstate after and before a step. */
  #dAfter: Float64Array[];
  #dBefore: Float64Array[];
  /** [I], never read: the lowest cell's dL/dx. */
  readonly #dInput: Float64Array;

  /**
   * All weights are zero: call `initialize`, or fill `weights`.
   *
   * @throws RangeError code `NETWORK_SHAPE`
   */
  constructor(shape: NetworkShape, name = "network") {
    checkShape(shape);
    this.shape = shape;
    this.name = name;
    this.inputs = shape.inputs;
    this.outputs = shape.outputs;
    this.weights = new Float64Array(weightCount(shape));
    this.gradients = new Float64Array(this.weights.length);
    const parameters = new Map<string, Parameter>();
    let at = 0;
    const room =
      (rename: (name: string) => string): Allocate =>
      (name, dimensions) => {
        const end = at + dimensions.reduce((product, length) => product * length, 1);
        const parameter = {
          name: rename(name),
          shape: dimensions,
          values: this.weights.subarray(at, end),
          gradient: this.gradients.subarray(at, end),
        };
        at = end;
        parameters.set(parameter.name, parameter);
        return parameter;
      };
    this.cells = Array.from({ length: shape.layers }, (_, layer) =>
      createCell(
        shape,
        layer,
        room((name) => `rnn.${name}_l${layer}`),
      ),
    );
    this.head = new LinearHead(
      shape.hidden,
      shape.outputs,
      room((name) => `head.${name}`),
    );
    this.parameters = parameters;
    this.stateSize = this.cells.reduce((sum, cell) => sum + cell.stateSize, 0);
    this.#single = new Trace(this.cells, 1, 1);
    this.#output = new Float64Array(shape.outputs);
    this.#dAfter = this.cells.map((cell) => new Float64Array(cell.stateSize));
    this.#dBefore = this.cells.map((cell) => new Float64Array(cell.stateSize));
    this.#dInput = new Float64Array(shape.inputs);
  }

  /** @throws RangeError code `UNKNOWN_PARAMETER` */
  parameter(name: string): Parameter {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) {
      throw problem(RangeError, {
        code: "UNKNOWN_PARAMETER",
        action: "find parameter",
        on: `of network "${this.name}"`,
        expected: [...this.parameters.keys()].join(", "),
        found: name,
      });
    }
    return parameter;
  }

  /** Draws first weights (see `initializeCell`); with `zeroHead` every output is 0 until it has learned. */
  initialize(rng: Rng, options: { readonly zeroHead?: boolean } = {}): this {
    for (const cell of this.cells) initializeCell(cell, gateCount(this.shape.cell), rng);
    initializeHead(this.head, rng, options.zeroHead ?? false);
    return this;
  }

  step(output: Float64Array, state: Float64Array, input: Float64Array): void {
    let x = input;
    let at = 0;
    for (let layer = 0; layer < this.cells.length; layer++) {
      const cell = this.cells[layer]!;
      const { before, after, h, kept } = this.#single.frame(layer, 0);
      for (let i = 0; i < before.length; i++) before[i] = state[at + i]!;
      cell.forward(after, kept, before, x);
      x = h;
      at += before.length;
    }
    this.head.forward(this.#output, x);

    // Gates squash infinities into finite numbers, so the input is looked at too.
    let finite = allFinite(input) && allFinite(this.#output);
    for (let layer = 0; layer < this.cells.length; layer++) {
      finite = finite && allFinite(this.#single.frame(layer, 0).after);
    }
    if (!finite) {
      output.fill(NaN);
      return;
    }
    at = 0;
    for (let layer = 0; layer < this.cells.length; layer++) {
      const { after } = this.#single.frame(layer, 0);
      for (let i = 0; i < after.length; i++) state[at + i] = after[i]!;
      at += after.length;
    }
    for (let k = 0; k < output.length; k++) output[k] = this.#output[k]!;
  }

  /** Room for passes over B sequences of T steps. */
  trace(batch: number, steps: number): Trace {
    return new Trace(this.cells, batch, steps);
  }

  /**
   * Runs B sequences of T steps, the trace's B and T. Values that are not finite pass through.
   *
   * @param output  [B, T, O], overwritten
   * @param trace   overwritten
   * @param input   [B, T, I]
   * @param initial [B, S]
   * @param begins  [B, T] 1 where a sequence starts anew, from a state of zeros; default nowhere
   */
  forward(
    output: Float64Array,
    trace: Trace,
    input: Float64Array,
    initial: Float64Array,
    begins?: Uint8Array,
  ): void {
    const { batch: B, steps: T } = trace;
    const I = this.inputs;
    const O = this.outputs;
    if (begins === undefined) trace.begins.fill(0);
    else trace.begins.set(begins);
    for (let b = 0; b < B; b++) {
      for (let index = b * T; index < (b + 1) * T; index++) {
        let x = input.subarray(index * I, (index + 1) * I);
        let at = b * this.stateSize;
        for (let layer = 0; layer < this.cells.length; layer++) {
          const { before, after, h, kept } = trace.frame(layer, index);
          if (trace.begins[index] === 1) before.fill(0);
          else if (index > b * T) before.set(trace.frame(layer, index - 1).after);
          else before.set(initial.subarray(at, at + before.length));
          this.cells[layer]!.forward(after, kept, before, x);
          x = h;
          at += before.length;
        }
        this.head.forward(output.subarray(index * O, (index + 1) * O), x);
      }
    }
  }

  /**
   * Back-propagation through time over what `forward` left in the trace: adds dL/dweights to
   * `gradients`. The states that the sequences started from are constants.
   *
   * @param trace   of the forward pass
   * @param dOutput [B, T, O] dL/doutput
   * @param input   [B, T, I] as `forward` got it
   */
  backward(trace: Trace, dOutput: Float64Array, input: Float64Array): void {
    const { batch: B, steps: T } = trace;
    const I = this.inputs;
    const O = this.outputs;
    const top = this.cells.length - 1;
    for (let b = 0; b < B; b++) {
      for (const d of this.#dAfter) d.fill(0);
      for (let index = (b + 1) * T - 1; index >= b * T; index--) {
        this.head.backward(
          this.#dAfter[top]!,
          dOutput.subarray(index * O, (index + 1) * O),
          trace.frame(top, index).h,
        );
        for (let layer = top; layer >= 0; layer--) {
          const { before, after, kept } = trace.frame(layer, index);
          const x = layer > 0 ? trace.frame(layer - 1, index).h : input.subarray(index * I, (index + 1) * I);
          // A cell adds to the first elements of the lower layer's dL/dstate: those of its h.
          const dX = layer > 0 ? this.#dAfter[layer - 1]! : this.#dInput.fill(0);
          const dBefore = this.#dBefore[layer]!.fill(0);
          this.cells[layer]!.backward(dBefore, dX, this.#dAfter[layer]!, after, kept, before, x);
          if (trace.begins[index] === 1) dBefore.fill(0);
        }
        [this.#dAfter, this.#dBefore] = [this.#dBefore, this.#dAfter];
      }
    }
  }
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
