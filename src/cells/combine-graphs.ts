import type { Operation, StepGraph, Value } from "./step-graph.js";

/**
 * Networks that see the same input, as one: output `t * N + n` is network n's output t, N the number of
 * networks. Its state is theirs, one after the other.
 *
 * @param graphs all with the same I and O
 */
export function sideBySide(graphs: readonly StepGraph[]): StepGraph {
  if (graphs.length === 1) return graphs[0]!;
  const { sizes, operations, outputs } = together(graphs);
  const O = sizes[outputs[0]!]!;
  const part = (input: Value, from: number): Value => {
    const output = sizes.push(1) - 1;
    operations.push({ kind: "slice", from, input, output });
    return output;
  };
  const parts =
    O === 1 ? outputs : Array.from({ length: O }, (_, t) => outputs.map((output) => part(output, t))).flat();
  const output = sizes.push(O * graphs.length) - 1;
  operations.push({ kind: "concat", parts, output });
  return { sizes, operations, output };
}

/**
 * The mean of networks that see the same input. Its state is theirs, one after the other.
 *
 * @param graphs all with the same I and O
 */
export function meanOf(graphs: readonly StepGraph[]): StepGraph {
  if (graphs.length === 1) return graphs[0]!;
  const { sizes, operations, outputs } = together(graphs);
  const O = sizes[outputs[0]!]!;
  const sum = outputs.reduce((a, b) => {
    const output = sizes.push(O) - 1;
    operations.push({ kind: "add", a, b, output });
    return output;
  });
  const share = sizes.push(1) - 1;
  const output = sizes.push(O) - 1;
  operations.push(
    { kind: "constant", values: Float32Array.of(1 / graphs.length), output: share },
    { kind: "mul", a: sum, b: share, output },
  );
  return { sizes, operations, output };
}

/** All operations in one list, on one input; still with an output each. */
function together(graphs: readonly StepGraph[]): {
  sizes: number[];
  operations: Operation[];
  outputs: Value[];
} {
  const sizes = [graphs[0]!.sizes[0]!];
  const operations: Operation[] = [];
  const outputs = graphs.map((graph) => {
    const offset = sizes.length - 1;
    const moved = (value: Value): Value => (value === 0 ? 0 : value + offset);
    sizes.push(...graph.sizes.slice(1));
    operations.push(...graph.operations.map((operation) => withValues(operation, moved)));
    return moved(graph.output);
  });
  return { sizes, operations, outputs };
}
/** The same operation on other values. */
function withValues(operation: Operation, moved: (value: Value) => Value): Operation {
  const output = moved(operation.output);
  switch (operation.kind) {
    case "add":
    case "sub":
    case "mul":
    case "div":
      return { ...operation, a: moved(operation.a), b: moved(operation.b), output };
    case "constant":
      return { ...operation, output };
    case "concat":
      return { ...operation, parts: operation.parts.map(moved), output };
    default:
      return { ...operation, input: moved(operation.input), output };
  }
}
