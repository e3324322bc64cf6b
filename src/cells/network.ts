import { problem, type Rng } from "../core/index.js";
import type { Cell } from "./cell.js";
import { headOutput } from "./head-output.js";
import { initializeCell, initializeHead } from "./initialize.js";
import { LinearHead } from "./linear-head.js";
import {
  checkShape,
  createCell,
  directionCount,
  gateCount,
  type NetworkShape,
  weightCount,
} from "./network-shape.js";
import { type OptimizerStep, takeStep } from "./optimizer-step.js";
import type { Allocate, Parameter } from "./parameter.js";
import type { RecurrentModel } from "./recurrent-model.js";
import { ReferenceWindow } from "./reference-window.js";
import { Trace } from "./trace.js";
import type { Floats, TrainableNetwork, WeightArray, WindowOptions } from "./trainable-network.js";

/**
 * A stack of recurrent cells and a head, in float64: plain arithmetic, the oracle of any faster
 * implementation. Steps one event at a time, or runs forward and backward over sequences [B, T].
 *
 * Parameters are named as PyTorch names those of a module with an `rnn` and a `head`:
 * `rnn.weight_ih_l0`, `rnn.weight_hh_l0`, `rnn.bias_ih_l0`, `rnn.bias_hh_l0` (and `rnn.peephole_l0`), in a
 * bidirectional network the same with `_reverse`, then the next layer's, ..., `head.weight`, `head.bias`.
 * State, [S]: the cells' states from the lowest layer up, forward before reverse.
 */
export class Network implements RecurrentModel, TrainableNetwork {
  readonly shape: NetworkShape;
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  /** Layer by layer from the lowest, forward before reverse. */
  readonly cells: readonly Cell[];
  readonly head: LinearHead;
  /** All weights in one array; the parameters are views of it. */
  readonly weights: Float64Array;
  /** dL/dweights, laid out like the weights; a window's `backward` adds to it. */
  readonly gradients: Float64Array;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** D */
  readonly #directions: number;
  /** What an optimizer remembers, laid out like the weights; made when one is used. */
  #moments: { firstMoment: Float64Array; secondMoment: Float64Array } | undefined;
  /** One step's frame, for `step`. */
  readonly #single: Trace;
  /** [O] */
  readonly #output: Float64Array;

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
    const D = directionCount(shape);
    this.#directions = D;
    this.cells = Array.from({ length: D * shape.layers }, (_, index) => {
      const layer = Math.floor(index / D);
      const suffix = `_l${layer}${index % D === 1 ? "_reverse" : ""}`;
      return createCell(
        shape,
        layer,
        room((name) => `rnn.${name}${suffix}`),
      );
    });
    this.head = new LinearHead(
      D * shape.hidden,
      shape.outputs,
      room((name) => `head.${name}`),
    );
    this.parameters = parameters;
    this.stateSize = this.cells.reduce((sum, cell) => sum + cell.stateSize, 0);
    this.#single = new Trace([this.cells], 1, 1);
    this.#output = new Float64Array(shape.outputs);
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

  /** @throws TypeError code `WHOLE_SEQUENCES_ONLY` from a bidirectional network */
  step(output: Float64Array, state: Float64Array, input: Float64Array): void {
    if (this.#directions > 1) {
      throw problem(TypeError, {
        code: "WHOLE_SEQUENCES_ONLY",
        action: "step",
        on: `network "${this.name}"`,
        expected: "a network that reads forward",
        found: "a bidirectional one: it needs the whole sequence",
      });
    }
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
    headOutput(this.shape.head ?? "linear", this.#output);

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

  get weightCount(): number {
    return this.weights.length;
  }

  window(batch: number, steps: number, { inputGradients = false }: WindowOptions = {}): ReferenceWindow {
    return new ReferenceWindow(this, batch, steps, inputGradients);
  }

  read(array: WeightArray, values: Floats): void {
    values.set(this.#array(array));
  }

  write(array: WeightArray, values: Floats): void {
    this.#array(array).set(values);
  }

  clearGradients(): void {
    this.gradients.fill(0);
  }

  gradientSquares(): number {
    let square = 0;
    for (let i = 0; i < this.gradients.length; i++) square += this.gradients[i]! * this.gradients[i]!;
    return square;
  }

  update(step: OptimizerStep, scale: number): void {
    const m = this.#array("firstMoment");
    takeStep(step, this.weights, this.gradients, m, this.#array("secondMoment"), scale);
  }

  #array(array: WeightArray): Float64Array {
    if (array === "weights" || array === "gradients") return this[array];
    this.#moments ??= {
      firstMoment: new Float64Array(this.weights.length),
      secondMoment: new Float64Array(this.weights.length),
    };
    return this.#moments[array];
  }
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
