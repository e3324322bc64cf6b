import { Kernel, type Pointer } from "../kernel/index.js";
import { type KernelLayout, kernelLayout, type PackedMatrix, padded } from "./kernel-layout.js";
import { KernelWindow } from "./kernel-window.js";
import type { Network } from "./network.js";
import { checkShape, directionCount, type NetworkShape } from "./network-shape.js";
import type { OptimizerStep } from "./optimizer-step.js";
import type { Floats, TrainableNetwork, WeightArray, WindowOptions } from "./trainable-network.js";

/** What a pass reads besides the weights themselves: made from them after every change. */
export interface DerivedCell {
  /** [gates, width] what the gates' sums start from */
  readonly bias: Pointer;
  /** Packed transposes; the lowest layer has one of W_ih once somebody asks for gradients of inputs. */
  readonly weightHhT: Pointer;
  readonly weightIhT: Pointer[];
}

/**
 * A network that learns in the kernel, in float32. Weights, gradients and an optimizer's moments are packed
 * alike, so that an update is one pass over plain arrays; afterwards only transposes and merged biases
 * are made anew.
 *
 * b_ih and b_hh are two parameters, as in PyTorch: their sum learns at twice the rate of either.
 */
export class KernelNetwork implements TrainableNetwork {
  readonly shape: NetworkShape;
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  readonly weightCount: number;
  readonly kernel: Kernel;
  readonly layout: KernelLayout;
  readonly derived: readonly DerivedCell[];
  /** Packed transposes of the head's weight. */
  readonly headT: readonly Pointer[];
  readonly #arrays: Readonly<Record<WeightArray, Pointer>>;

  /**
   * All weights are zero: `write` them, or take a network's with `from`.
   *
   * @throws RangeError code `NETWORK_SHAPE`
   */
  constructor(shape: NetworkShape, name = "network", kernel = new Kernel()) {
    checkShape(shape);
    this.shape = shape;
    this.name = name;
    this.inputs = shape.inputs;
    this.outputs = shape.outputs;
    this.stateSize = shape.layers * directionCount(shape) * shape.hidden * (shape.cell === "lstm" ? 2 : 1);
    this.kernel = kernel;
    this.layout = kernelLayout(shape);
    const { cells, head, length, place } = this.layout;
    this.weightCount = place.length;
    this.#arrays = {
      weights: kernel.allocate(length),
      gradients: kernel.allocate(length),
      firstMoment: kernel.allocate(length),
      secondMoment: kernel.allocate(length),
    };
    const room = (matrix: PackedMatrix) => this.#transposeRoom(matrix);
    this.derived = cells.map(({ width, weightIh, weightHh }, index) => ({
      bias: kernel.allocate(4 * width),
      weightHhT: room(weightHh),
      weightIhT: index < directionCount(shape) ? [] : weightIh.map(room),
    }));
    this.headT = head.weight.map(room);
  }

  /** A network of the same shape, name and weights. */
  static from(network: Network): KernelNetwork {
    const copy = new KernelNetwork(network.shape, network.name);
    copy.write("weights", network.weights);
    return copy;
  }

  /** Where an element of the weights or of their gradients stands. */
  pointer(array: WeightArray, at: number): Pointer {
    return this.#arrays[array] + 4 * at;
  }

  window(batch: number, steps: number, { inputGradients = false }: WindowOptions = {}): KernelWindow {
    if (inputGradients) this.#transposeInputs();
    return new KernelWindow(this, batch, steps, inputGradients);
  }

  read(array: WeightArray, values: Floats): void {
    const packed = this.#view(array);
    const { place } = this.layout;
    for (let i = 0; i < place.length; i++) values[i] = packed[place[i]!]!;
  }

  write(array: WeightArray, values: Floats): void {
    const packed = this.#view(array);
    const { place } = this.layout;
    for (let i = 0; i < place.length; i++) packed[place[i]!] = values[i]!;
    if (array === "weights") this.#derive();
  }

  clearGradients(): void {
    this.#view("gradients").fill(0);
  }

  gradientSquares(): number {
    return this.kernel.exports.sumOfSquares(this.#arrays.gradients, this.layout.length);
  }

  update(step: OptimizerStep, scale: number): void {
    const { exports } = this.kernel;
    const { weights, gradients, firstMoment: m, secondMoment: v } = this.#arrays;
    const N = this.layout.length;
    const { rate, decay } = step;
    switch (step.rule) {
      case "sgd":
        exports.sgd(weights, gradients, m, N, scale, rate, step.momentum, decay);
        break;
      case "rms-prop": {
        const { momentum, alpha, epsilon } = step;
        exports.rmsProp(weights, gradients, m, v, N, scale, rate, momentum, decay, alpha, 1 - alpha, epsilon);
        break;
      }
      case "adam": {
        const { beta1, beta2, unbias, epsilon, kept } = step;
        const [rest1, rest2] = [1 - beta1, 1 - beta2];
        exports.adam(
          weights,
          gradients,
          m,
          v,
          N,
          scale,
          rate,
          beta1,
          rest1,
          beta2,
          rest2,
          unbias,
          epsilon,
          decay,
          kept,
        );
        break;
      }
    }
    this.#derive();
  }

  /** The lowest layer's transposes, which only gradients of inputs need. */
  #transposeInputs(): void {
    const { cells } = this.layout;
    for (const [index, { weightIhT }] of this.derived.entries()) {
      if (weightIhT.length > 0) continue;
      weightIhT.push(...cells[index]!.weightIh.map((matrix) => this.#transposeRoom(matrix)));
    }
    this.#derive();
  }

  #transposeRoom({ N, K }: PackedMatrix): Pointer {
    return this.kernel.allocate(N * padded(K));
  }

  #view(array: WeightArray): Float32Array {
    return this.kernel.view(this.#arrays[array], this.layout.length);
  }

  #derive(): void {
    const transpose = ({ at, N, K4, lanes }: PackedMatrix, to: Pointer) =>
      this.kernel.exports.transpose(to, this.pointer("weights", at), N, K4, lanes);
    for (const [index, { weightIh, weightHh }] of this.layout.cells.entries()) {
      const { weightHhT, weightIhT } = this.derived[index]!;
      transpose(weightHh, weightHhT);
      for (const [source, to] of weightIhT.entries()) transpose(weightIh[source]!, to);
      this.#mergeBiases(index);
    }
    for (const [source, to] of this.headT.entries()) transpose(this.layout.head.weight[source]!, to);
  }

  /** What a gate's sum starts from: b_ih + b_hh; where the reset gate comes between them, each on its own. */
  #mergeBiases(index: number): void {
    const { biasIh, biasHh, width, weightHh } = this.layout.cells[index]!;
    const ih = this.kernel.view(this.pointer("weights", biasIh), weightHh.N);
    const hh = this.kernel.view(this.pointer("weights", biasHh), weightHh.N);
    const bias = this.kernel.view(this.derived[index]!.bias, 4 * width);
    if (this.shape.cell !== "gru") {
      for (let i = 0; i < ih.length; i++) bias[i] = ih[i]! + hh[i]!;
      return;
    }
    const resetAfter = this.shape.resetAfter ?? true;
    for (let j = 0; j < width; j++) {
      const b = hh[2 * width + j]!;
      bias[j] = resetAfter ? ih[j]! : ih[j]! + b;
      bias[3 * width + j] = resetAfter ? b : 0;
    }
    for (let j = 0; j < 2 * width; j++) bias[width + j] = ih[width + j]! + hh[j]!;
  }
}
