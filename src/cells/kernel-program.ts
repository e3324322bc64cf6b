import type { Kernel, Pointer } from "../kernel/index.js";
import { packOperation } from "./pack-operation.js";
import { roundUp } from "./pack-weights.js";
import { type StateLayout, stateLayout } from "./state-layout.js";
import type { Elementwise, Operation, RecurrentOperation, StepGraph, Value } from "./step-graph.js";

/** Rows that the kernel takes at once: as in assembly/step/program.ts, as are all numbers below. */
export const CHUNK = 64;

const RNN = 0;
const GRU = 1;
const GRU_BEFORE = 2;
const LSTM = 3;
const DENSE = 4;
const ELEMENTWISE = 5;
const SOFTMAX = 6;
const LOG_SOFTMAX = 7;
const LAYER_NORM = 8;
const BINARY = 9;
const COPY = 10;

const FUNCTIONS: readonly Elementwise[] = [
  "relu",
  "leaky-relu",
  "elu",
  "sigmoid",
  "hard-sigmoid",
  "tanh",
  "softplus",
  "exp",
  "abs",
  "neg",
  "sqrt",
];
/** ONNX's alpha and beta. */
const DEFAULTS: Partial<Record<Elementwise, readonly [number, number]>> = {
  "leaky-relu": [0.01, 0],
  elu: [1, 0],
  "hard-sigmoid": [0.2, 0.5],
};
const ARITHMETIC = ["add", "sub", "mul", "div"] as const;
const OPERATION_WORDS = 20;
const PROGRAM_WORDS = 8;

/** One vector of every row. */
interface Rows {
  readonly pointer: Pointer;
  /** Bytes from one row to the next; 0: the same for all. */
  readonly stride: number;
}

/** The words of an operation that aren't 0, by the names they have in the kernel. */
interface Words {
  kind: number;
  variant?: number;
  size: number;
  inputs?: number;
  source: Rows;
  target: Rows;
  weights?: Rows;
  second?: number;
  stateOffset?: number;
  cell?: Rows;
  gates?: Rows;
  isReverse?: boolean;
  alpha?: number;
  beta?: number;
}

/**
 * A step graph in a kernel's memory: its weights, packed once, and programs over buffers of any number of rows.
 */
export class KernelPlan {
  readonly layout: StateLayout;
  readonly #weights: ReadonlyMap<Operation, readonly Pointer[]>;
  /** Room that all operations share. */
  readonly #panels: Pointer;
  readonly #gates: Rows;

  constructor(
    readonly kernel: Kernel,
    readonly graph: StepGraph,
  ) {
    this.layout = stateLayout(graph);
    let inputs = 0;
    let gates = 0;
    const weights = new Map<Operation, readonly Pointer[]>();
    for (const operation of graph.operations) {
      const arrays = packOperation(graph, operation);
      weights.set(
        operation,
        arrays.map((values) => this.#store(values)),
      );
      if (operation.kind !== "dense" && operation.kind !== "recurrent") continue;
      const I = graph.sizes[operation.input]!;
      const H = operation.kind === "recurrent" ? operation.hidden : 0;
      inputs = Math.max(inputs, I + H);
      gates = Math.max(gates, 4 * roundUp(H, 8));
    }
    this.#weights = weights;
    this.#panels = kernel.allocate(CHUNK * (inputs + 4));
    this.#gates = this.#rows(gates, CHUNK);
  }

  /** Buffers and operations for `rows` rows. */
  program(rows: number): KernelProgram {
    const { kernel, graph } = this;
    const owned: Pointer[] = [];
    const own = (size: number, count: number): Rows => {
      const buffer = this.#rows(size, count);
      owned.push(buffer.pointer);
      return buffer;
    };
    const constants = new Map<Value, Float32Array>();
    for (const operation of graph.operations) {
      if (operation.kind === "constant") constants.set(operation.output, operation.values);
    }
    // The host writes and reads without gaps. Kernels read whole vectors, so the last row has room behind it.
    const dense = (size: number): Rows => ({ ...own(size * rows + 16, 1), stride: 4 * size });
    const values = graph.sizes.map((size, value): Rows => {
      if (value === 0) return dense(size);
      const constant = constants.get(value);
      if (constant === undefined) return own(size, rows);
      const { pointer } = own(size, 1);
      kernel.view(pointer, size).set(constant);
      return { pointer, stride: 0 };
    });
    const operations = graph.operations.flatMap((operation) =>
      this.#words(operation, values, (size) => own(size, rows)),
    );
    const O = graph.sizes[graph.output]!;
    let output = values[graph.output]!;
    if (output.stride !== 4 * O) {
      const target = dense(O);
      operations.push({ kind: COPY, size: O, source: output, target });
      output = target;
    }
    const list = kernel.allocate(operations.length * OPERATION_WORDS);
    const pointer = kernel.allocate(PROGRAM_WORDS);
    owned.push(list, pointer);
    operations.forEach((words, i) => {
      this.#write(list + 4 * OPERATION_WORDS * i, words);
    });
    // As a state it is looked at anyway.
    const isState = graph.operations.some(
      ({ kind, output }) => kind === "recurrent" && output === graph.output,
    );
    const input = values[0]!;
    kernel.words.set(
      [
        list,
        operations.length,
        input.pointer,
        input.stride,
        graph.sizes[0]!,
        output.pointer,
        output.stride,
        isState ? 0 : O,
      ],
      pointer >>> 2,
    );
    const release = () => {
      for (const block of owned) kernel.release(block);
    };
    return { pointer, input: input.pointer, output: output.pointer, release };
  }

  #words(operation: Operation, values: readonly Rows[], own: (size: number) => Rows): readonly Words[] {
    const { sizes } = this.graph;
    const [weights = 0, second = 0] = this.#weights.get(operation)!;
    const target = values[operation.output]!;
    const size = sizes[operation.output]!;
    const unary = (input: Value) => ({ size, source: values[input]!, target, inputs: sizes[input]! });
    switch (operation.kind) {
      case "recurrent": {
        const isLstm = operation.cell === "lstm";
        return [
          {
            ...unary(operation.input),
            kind: recurrentKind(operation),
            variant: FUNCTIONS.indexOf(operation.nonlinearity ?? "tanh"),
            weights: { pointer: weights, stride: 0 },
            second,
            stateOffset: 4 * this.layout.offsets.get(operation)!,
            gates: this.#gates,
            isReverse: operation.direction === "reverse",
            ...(isLstm ? { cell: own(operation.hidden) } : {}),
          },
        ];
      }
      case "dense":
        return [{ ...unary(operation.input), kind: DENSE, weights: { pointer: weights, stride: 0 } }];
      case "elementwise": {
        const [alpha, beta] = DEFAULTS[operation.f] ?? [0, 0];
        return [
          {
            ...unary(operation.input),
            kind: ELEMENTWISE,
            variant: FUNCTIONS.indexOf(operation.f),
            alpha: operation.alpha ?? alpha,
            beta: operation.beta ?? beta,
          },
        ];
      }
      case "softmax":
      case "log-softmax":
        return [{ ...unary(operation.input), kind: operation.kind === "softmax" ? SOFTMAX : LOG_SOFTMAX }];
      case "layer-norm":
        return [
          {
            ...unary(operation.input),
            kind: LAYER_NORM,
            weights: { pointer: weights, stride: 0 },
            alpha: operation.epsilon,
          },
        ];
      case "add":
      case "sub":
      case "mul":
      case "div":
        return [
          {
            ...unary(operation.a),
            kind: BINARY,
            variant: ARITHMETIC.indexOf(operation.kind),
            weights: values[operation.b]!,
            second: sizes[operation.b]!,
          },
        ];
      case "constant":
        return [];
      case "slice":
        return [{ kind: COPY, size, source: shifted(values[operation.input]!, operation.from), target }];
      case "concat": {
        let at = 0;
        return operation.parts.map((part) => {
          const words = {
            kind: COPY,
            size: sizes[part]!,
            source: values[part]!,
            target: shifted(target, at),
          };
          at += sizes[part]!;
          return words;
        });
      }
    }
  }

  #write(at: Pointer, words: Words): void {
    const { kernel } = this;
    kernel.words.set(
      [
        words.kind,
        words.variant ?? 0,
        words.size,
        words.inputs ?? 0,
        words.source.pointer,
        words.source.stride,
        words.target.pointer,
        words.target.stride,
        words.weights?.pointer ?? 0,
        words.weights?.stride ?? 0,
        words.second ?? 0,
        words.stateOffset ?? 0,
        words.cell?.pointer ?? 0,
        words.cell?.stride ?? 0,
        this.#panels,
        words.gates?.pointer ?? 0,
        words.gates?.stride ?? 0,
        Number(words.isReverse ?? false),
      ],
      at >>> 2,
    );
    kernel.floats[(at >>> 2) + 18] = words.alpha ?? 0;
    kernel.floats[(at >>> 2) + 19] = words.beta ?? 0;
  }

  #store(values: Float32Array): Pointer {
    const pointer = this.kernel.allocate(values.length);
    this.kernel.view(pointer, values.length).set(values);
    return pointer;
  }

  /** Rows have room for whole panels of 16. */
  #rows(size: number, count: number): Rows {
    const padded = roundUp(Math.max(size, 1), 16);
    return { pointer: this.kernel.allocate(padded * count), stride: 4 * padded };
  }
}

/** Operations over buffers of their own, ready for `stepRows` or `runSequence`. */
export interface KernelProgram {
  readonly pointer: Pointer;
  /** [rows, I] */
  readonly input: Pointer;
  /** [rows, O] */
  readonly output: Pointer;
  release(): void;
}

function shifted({ pointer, stride }: Rows, elements: number): Rows {
  return { pointer: pointer + 4 * elements, stride };
}

function recurrentKind({ cell, resetAfter = true }: RecurrentOperation): number {
  if (cell === "gru") return resetAfter ? GRU : GRU_BEFORE;
  return cell === "lstm" ? LSTM : RNN;
}
