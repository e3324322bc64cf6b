import { problem } from "../core/index.js";
import { operands } from "./check-graph.js";
import type { Operation, StepGraph, Value } from "./step-graph.js";

/** A graph in two: what can be said as a sequence goes on, and what needs the future. */
export interface SplitGraph {
  /** x[t] -> the vectors that `late` needs of step t, one after the other, [N]. */
  readonly early: StepGraph;
  /** Those vectors, [N] -> output, [O]; holds all layers that read from the end, and nothing else with a memory. */
  readonly late: StepGraph;
}

/**
 * Splits a graph before its layers that read from the end.
 *
 * @throws TypeError code `WHOLE_SEQUENCES_ONLY` when a recurrent layer stands on top of one that reads from the
 *   end: no fixed lag is enough for it
 */
export function splitGraph(graph: StepGraph, name = "network"): SplitGraph {
  const isLate = new Set<Value>();
  const early: Operation[] = [];
  const late: Operation[] = [];
  for (const operation of graph.operations) {
    const needsLate = operands(operation).some((value) => isLate.has(value));
    if (operation.kind === "recurrent" && needsLate) {
      throw problem(TypeError, {
        code: "WHOLE_SEQUENCES_ONLY",
        action: "stream with a lag",
        on: `network "${name}"`,
        expected: "layers that read from the end to have no recurrent layer on top of them",
        found: `${operation.name ?? `a ${operation.cell} layer`} on top of one`,
      });
    }
    if (needsLate || (operation.kind === "recurrent" && operation.direction === "reverse")) {
      late.push(operation);
      isLate.add(operation.output);
    } else early.push(operation);
  }

  const needed = new Set([...late.flatMap(operands), graph.output].filter((value) => !isLate.has(value)));
  const parts = [...needed];
  const N = parts.reduce((sum, part) => sum + graph.sizes[part]!, 0);
  const bundle = graph.sizes.length;
  let from = 0;
  const slices = parts.map((part): Operation => {
    const slice = { kind: "slice", from, input: 0, output: part + 1 } as const;
    from += graph.sizes[part]!;
    return slice;
  });
  return {
    early: {
      sizes: [...graph.sizes, N],
      operations: [...early, { kind: "concat", parts, output: bundle }],
      output: bundle,
    },
    // Value 0 is the bundle; every other stands one further.
    late: {
      sizes: [N, ...graph.sizes],
      operations: [...slices, ...late.map(shifted)],
      output: graph.output + 1,
    },
  };
}

function shifted(operation: Operation): Operation {
  const output = operation.output + 1;
  switch (operation.kind) {
    case "constant":
      return { ...operation, output };
    case "concat":
      return { ...operation, parts: operation.parts.map((part) => part + 1), output };
    case "add":
    case "sub":
    case "mul":
    case "div":
      return { ...operation, a: operation.a + 1, b: operation.b + 1, output };
    default:
      return { ...operation, input: operation.input + 1, output };
  }
}
