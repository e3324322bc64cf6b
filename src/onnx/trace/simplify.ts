import type { Operation, StepGraph, Value } from "../../cells/index.js";
import { operandsOf, pruned } from "./step-graph-builder.js";

/**
 * The same function with fewer operations: a constant that is added to a dense layer becomes its bias, and
 * layer normalization written out (mean, difference, square, mean, root, quotient) becomes one operation.
 */
export function simplify(graph: StepGraph): StepGraph {
  return pruned(withBiases(withLayerNorms(graph)));
}

type OperationOf<K> = Operation extends infer O
  ? O extends { kind: infer All }
    ? K extends All
      ? O
      : never
    : never
  : never;

class Uses {
  readonly #makers: ReadonlyMap<Value, Operation>;
  readonly #counts = new Map<Value, number>();

  constructor(graph: StepGraph) {
    this.#makers = new Map(graph.operations.map((operation) => [operation.output, operation]));
    for (const operation of graph.operations) {
      for (const value of operandsOf(operation)) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    }
    this.#counts.set(graph.output, (this.#counts.get(graph.output) ?? 0) + 1);
  }

  /** The operation of this kind that makes a value. */
  maker<K extends Operation["kind"]>(value: Value, kind: K): OperationOf<K> | undefined {
    const operation = this.#makers.get(value);
    return operation?.kind === kind ? (operation as OperationOf<K>) : undefined;
  }

  constant(value: Value): Float32Array | undefined {
    return this.maker(value, "constant")?.values;
  }

  isUsedOnce(value: Value): boolean {
    return this.#counts.get(value) === 1;
  }
}

function withBiases(graph: StepGraph): StepGraph {
  const uses = new Uses(graph);
  const operations = graph.operations.map((operation): Operation => {
    if (operation.kind !== "add") return operation;
    for (const [x, c] of [
      [operation.a, operation.b],
      [operation.b, operation.a],
    ] as const) {
      const dense = uses.maker(x, "dense");
      const values = uses.constant(c);
      const size = graph.sizes[operation.output]!;
      if (!dense || !values || !uses.isUsedOnce(x) || dense.bias || graph.sizes[x] !== size) continue;
      const bias = values.length === size ? values : new Float32Array(size).fill(values[0]!);
      return { ...dense, bias, output: operation.output };
    }
    return operation;
  });
  return { ...graph, operations };
}

function withLayerNorms(graph: StepGraph): StepGraph {
  const uses = new Uses(graph);
  const operations = graph.operations.map((operation): Operation => {
    const normal = normalized(operation, uses, graph.sizes);
    if (normal === undefined) return operation;
    const size = graph.sizes[operation.output]!;
    return {
      kind: "layer-norm",
      input: normal.input,
      epsilon: normal.epsilon,
      scale: new Float32Array(size).fill(1),
      bias: new Float32Array(size),
      output: operation.output,
      ...(operation.name === undefined ? {} : { name: operation.name }),
    };
  });
  return withScales({ ...graph, operations });
}

/** (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) */
function normalized(
  operation: Operation,
  uses: Uses,
  sizes: readonly number[],
): { input: Value; epsilon: number } | undefined {
  if (operation.kind !== "div") return undefined;
  const difference = uses.maker(operation.a, "sub");
  const root = uses.maker(operation.b, "elementwise");
  if (!difference || root?.f !== "sqrt") return undefined;
  const variance = uses.maker(root.input, "add");
  if (!variance) return undefined;
  const epsilon = uses.constant(variance.b) ?? uses.constant(variance.a);
  const square = isMean(uses, uses.constant(variance.b) ? variance.a : variance.b, sizes);
  const product = square === undefined ? undefined : uses.maker(square, "mul");
  const input = difference.a;
  if (epsilon?.length !== 1 || product?.a !== product?.b || product === undefined) return undefined;
  // Exporters write the difference once or twice.
  const again = uses.maker(product.a, "sub");
  if (again?.a !== input || isMean(uses, again.b, sizes) !== input) return undefined;
  if (isMean(uses, difference.b, sizes) !== input) return undefined;
  return { input, epsilon: epsilon[0]! };
}

/** @returns the vector whose mean `value` is */
function isMean(uses: Uses, value: Value, sizes: readonly number[]): Value | undefined {
  const dense = uses.maker(value, "dense");
  if (!dense || sizes[value] !== 1 || dense.bias) return undefined;
  const share = Math.fround(1 / dense.weight.length);
  return dense.weight.every((weight) => weight === share) ? dense.input : undefined;
}

/** Scale and bias after a layer normalization become its own. */
function withScales(graph: StepGraph): StepGraph {
  for (const kind of ["mul", "add"] as const) {
    const uses = new Uses(graph);
    const operations = graph.operations.map((operation): Operation => {
      if (operation.kind !== kind) return operation;
      for (const [x, c] of [
        [operation.a, operation.b],
        [operation.b, operation.a],
      ] as const) {
        const norm = uses.maker(x, "layer-norm");
        const values = uses.constant(c);
        if (!norm || values?.length !== norm.scale.length || !uses.isUsedOnce(x)) continue;
        if (
          norm.bias.some((bias) => bias !== 0) ||
          (kind === "mul" && norm.scale.some((scale) => scale !== 1))
        ) {
          continue;
        }
        const part = kind === "mul" ? { scale: values } : { bias: values };
        return { ...norm, ...part, output: operation.output };
      }
      return operation;
    });
    graph = { ...graph, operations };
  }
  return graph;
}
