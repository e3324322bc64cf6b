import { problem } from "../core/index.js";
import { gateCount } from "./network-shape.js";
import type { Operation, StepGraph } from "./step-graph.js";

/**
 * Checks that every operation reads values that were written before it, and that its arrays have the sizes
 * that its values call for: the kernel itself looks at none of this.
 *
 * @throws RangeError code `STEP_GRAPH`, naming the operation
 */
export function checkGraph(graph: StepGraph, name: string): void {
  const { sizes } = graph;
  const written = new Set([0]);
  const refuse = (operation: Operation | undefined, expected: string, found: string) =>
    problem(RangeError, {
      code: "STEP_GRAPH",
      action: "run",
      on: `${operation ? (operation.name ?? operation.kind) : "the output"} of network "${name}"`,
      expected,
      found,
    });
  for (const operation of graph.operations) {
    const missing = operands(operation).find((value) => !written.has(value));
    if (missing !== undefined) throw refuse(operation, "to read what stands before it", `value ${missing}`);
    for (const [what, expected, found] of requirements(operation, sizes)) {
      if (found !== expected) throw refuse(operation, `${what} of ${expected} elements`, String(found));
    }
    written.add(operation.output);
  }
  if (!written.has(graph.output)) throw refuse(undefined, "to be a value of the graph", String(graph.output));
}

/** The values that an operation reads. */
export function operands(operation: Operation): readonly number[] {
  switch (operation.kind) {
    case "constant":
      return [];
    case "concat":
      return operation.parts;
    case "add":
    case "sub":
    case "mul":
    case "div":
      return [operation.a, operation.b];
    default:
      return [operation.input];
  }
}

/** What it is, how many elements it must have, how many it has. */
type Requirement = readonly [what: string, expected: number, found: number];

function requirements(operation: Operation, sizes: readonly number[]): readonly Requirement[] {
  const N = sizes[operation.output] ?? 0;
  const size = (value: number) => sizes[value] ?? 0;
  switch (operation.kind) {
    case "recurrent": {
      const { hidden: H, weights, cell, initial } = operation;
      const I = size(operation.input);
      const rows = gateCount(cell) * H;
      const S = cell === "lstm" ? 2 * H : H;
      return [
        ["an output", H, N],
        ["input weights", rows * I, weights.weightIh.length],
        ["recurrent weights", rows * H, weights.weightHh.length],
        ["an input bias", rows, weights.biasIh.length],
        ["a recurrent bias", rows, weights.biasHh.length],
        ["peepholes", 3 * H, weights.peephole?.length ?? 3 * H],
        ["an initial state", S, initial?.length ?? S],
      ];
    }
    case "dense":
      return [
        ["weights", N * size(operation.input), operation.weight.length],
        ["a bias", N, operation.bias?.length ?? N],
      ];
    case "layer-norm":
      return [
        ["an input", N, size(operation.input)],
        ["a scale", N, operation.scale.length],
        ["a bias", N, operation.bias.length],
      ];
    case "add":
    case "sub":
    case "mul":
    case "div":
      return [operation.a, operation.b]
        .filter((value) => size(value) !== 1)
        .map((value): Requirement => ["an operand", N, size(value)]);
    case "constant":
      return [["values", N, operation.values.length]];
    case "concat":
      return [["parts", N, operation.parts.reduce((sum, part) => sum + size(part), 0)]];
    case "slice":
      return [["a slice", N, Math.max(0, Math.min(N, size(operation.input) - operation.from))]];
    default:
      return [["an input", N, size(operation.input)]];
  }
}
