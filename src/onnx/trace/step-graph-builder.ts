import type { Operation, StepGraph, Value } from "../../cells/index.js";
import { lacking } from "./traced.js";

/** Runs of neighbours that one selection of elements may fall into. */
const MOST_RUNS = 256;

/** Collects a step graph's operations in the order of execution. */
export class StepGraphBuilder {
  readonly #sizes: number[];
  readonly #operations: Operation[] = [];

  /** @param inputs I; value 0 */
  constructor(inputs: number) {
    this.#sizes = [inputs];
  }

  sizeOf(value: Value): number {
    return this.#sizes[value]!;
  }

  /** @returns the value of `size` elements that the operation gives */
  emit(size: number, operation: Operation): Value {
    const output = this.#sizes.length;
    this.#sizes.push(size);
    this.#operations.push({ ...operation, output });
    return output;
  }

  slice(input: Value, from: number, size: number): Value {
    if (from === 0 && size === this.sizeOf(input)) return input;
    if (!(size > 0 && from + size <= this.sizeOf(input)))
      throw lacking("it takes elements that are not there");
    return this.emit(size, { kind: "slice", from, input, output: 0 });
  }

  concat(parts: readonly Value[]): Value {
    const [first] = parts;
    if (first !== undefined && parts.length === 1) return first;
    const size = parts.reduce((sum, part) => sum + this.sizeOf(part), 0);
    return this.emit(size, { kind: "concat", parts, output: 0 });
  }

  constant(values: Float32Array): Value {
    return this.emit(values.length, { kind: "constant", values, output: 0 });
  }

  /** Any elements in any order. */
  select(input: Value, indices: readonly number[]): Value {
    const runs: { from: number; size: number }[] = [];
    for (const index of indices) {
      const run = runs.at(-1);
      if (run && run.from + run.size === index) run.size++;
      else runs.push({ from: index, size: 1 });
    }
    if (runs.length > MOST_RUNS) throw lacking(`${runs.length} elements moved one by one`);
    return this.concat(runs.map(({ from, size }) => this.slice(input, from, size)));
  }

  /** The graph that gives `output`, without what it does not need. */
  finish(output: Value): StepGraph {
    return pruned({ sizes: this.#sizes, operations: this.#operations, output });
  }
}

/** The same graph without operations and values that its output does not need; the input stays value 0. */
export function pruned({ sizes, operations, output }: StepGraph): StepGraph {
  const needed = new Set([output]);
  for (const operation of operations.toReversed()) {
    if (needed.has(operation.output)) for (const value of operandsOf(operation)) needed.add(value);
  }
  const kept = operations.filter((operation) => needed.has(operation.output));
  const numbers = new Map<Value, Value>([[0, 0]]);
  for (const operation of kept) numbers.set(operation.output, numbers.size);
  return {
    sizes: [...numbers.keys()].map((value) => sizes[value]!),
    operations: kept.map((operation) => withValues(operation, (value) => numbers.get(value)!)),
    output: numbers.get(output)!,
  };
}

/** Values that an operation reads. */
export function operandsOf(operation: Operation): readonly Value[] {
  switch (operation.kind) {
    case "add":
    case "sub":
    case "mul":
    case "div":
      return [operation.a, operation.b];
    case "constant":
      return [];
    case "concat":
      return operation.parts;
    default:
      return [operation.input];
  }
}

/** The same operation on other values. */
export function withValues(operation: Operation, of: (value: Value) => Value): Operation {
  const output = of(operation.output);
  switch (operation.kind) {
    case "add":
    case "sub":
    case "mul":
    case "div":
      return { ...operation, a: of(operation.a), b: of(operation.b), output };
    case "constant":
      return { ...operation, output };
    case "concat":
      return { ...operation, parts: operation.parts.map(of), output };
    default:
      return { ...operation, input: of(operation.input), output };
  }
}
