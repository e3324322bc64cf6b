import type { GraphProto, NodeProto } from "./proto/model-proto.js";
import { MOVES } from "./trace/fold.js";
import { RECURRENT, type StatePort } from "./trace/trace-recurrent.js";

/** Operators whose result does not depend on the numbers that they are given. */
const OF_SHAPE = new Set(["Shape", "Size"]);

export function isRecurrent(node: NodeProto): boolean {
  return (!node.domain || node.domain === "ai.onnx") && (node.opType ?? "") in RECURRENT;
}

/** Names of the inputs that some recurrent node reads as its sequence, not by way of another's memory. */
export function dataInputs(graph: GraphProto, inputs: readonly string[]): string[] {
  return inputs.filter((input) => {
    const reached = reachedFrom(graph, input);
    return graph.node.some((node) => isRecurrent(node) && reached.has(node.input[0] ?? ""));
  });
}

/** Names of all values that are computed from one, recurrent nodes' results left out. */
export function reachedFrom(graph: GraphProto, name: string): ReadonlySet<string> {
  const reached = new Set([name]);
  // One pass is enough: nodes stand in an order of execution.
  for (const node of graph.node) {
    if (isRecurrent(node) || OF_SHAPE.has(node.opType ?? "")) continue;
    if (node.input.some((input) => reached.has(input))) for (const output of node.output) reached.add(output);
  }
  return reached;
}

/** The outputs that are made of recurrent nodes' last memories, moved about but not changed, each with these. */
export function memoriesOf(
  graph: GraphProto,
  ports: readonly StatePort[],
): Map<string, ReadonlySet<StatePort>> {
  const carried = new Map<string, ReadonlySet<StatePort>>();
  for (const port of ports) {
    const name = port.node.output[port.output];
    if (name) carried.set(name, new Set([port]));
  }
  for (const node of graph.node) {
    if (!MOVES.has(node.opType ?? "")) continue;
    const moved = node.opType === "Concat" ? node.input : node.input.slice(0, 1);
    const sets = moved.map((name) => carried.get(name));
    if (!sets.every((set) => set !== undefined)) continue;
    const all = new Set(sets.flatMap((set) => [...set]));
    for (const output of node.output) if (output !== "") carried.set(output, all);
  }
  const outputs = graph.output.map(({ name = "" }) => name);
  return new Map(outputs.flatMap((name) => (carried.has(name) ? [[name, carried.get(name)!]] : [])));
}
