import type { DataAxes } from "./analyze-model.js";
import { isRecurrent } from "./graph-flow.js";
import { intAttribute, intsAttribute } from "./proto/attributes.js";
import { makeNode } from "./proto/make-proto.js";
import type { GraphProto, NodeProto } from "./proto/model-proto.js";
import { integers, writeTensor } from "./proto/tensor.js";
import type { Fix } from "./trace/site.js";

/** Gives a value another name wherever it stands, in the bodies of If and Loop too. */
export function renameValue(graph: GraphProto, from: string, to: string): void {
  const renamed = (name: string): string => (name === from ? to : name);
  for (const node of graph.node) {
    node.input = node.input.map(renamed);
    node.output = node.output.map(renamed);
    for (const { g } of node.attribute) if (g) renameValue(g, from, to);
  }
  for (const output of graph.output) output.name = renamed(output.name ?? "");
}

/**
 * Takes out nodes and weights that no output needs, and inputs that nothing reads.
 *
 * @param data stays an input even so
 */
export function removeUnused(graph: GraphProto, data: string): void {
  const needed = new Set(graph.output.map(({ name = "" }) => name));
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    for (const name of node.input) needed.add(name);
    for (const { g } of node.attribute) if (g) for (const name of readBy(g)) needed.add(name);
  }
  graph.node = graph.node.filter(({ output }) => output.some((name) => name !== "" && needed.has(name)));
  graph.initializer = graph.initializer.filter(({ name = "" }) => needed.has(name));
  graph.input = graph.input.filter(({ name = "" }) => name === data || needed.has(name));
}

/** Every name that a graph within a node reads, its own values among them. */
function readBy(graph: GraphProto): string[] {
  return [
    ...graph.output.map(({ name = "" }) => name),
    ...graph.node.flatMap((node) => [
      ...node.input,
      ...node.attribute.flatMap(({ g }) => (g ? readBy(g) : [])),
    ]),
  ];
}

/** Replaces what the file fixes of the number of steps and sequences. */
export function applyFixes(
  graph: GraphProto,
  fixes: readonly Fix[],
  data: string,
  axes: DataAxes | undefined,
): void {
  const shape = "eddy_data_shape";
  const made: NodeProto[] = [];
  const constant = (name: string, values: readonly number[]): string => {
    graph.initializer.push(writeTensor(name, integers(values)));
    return name;
  };
  fixes.forEach(({ node, input, by }, i) => {
    const name = `eddy_fixed_${i}`;
    node.input[input] = by === undefined ? "" : name;
    if (by === undefined) return;
    if (!isShape(by)) {
      graph.initializer.push(writeTensor(name, by));
      return;
    }
    if (made.length === 0) made.push(makeNode("Shape", [data], [shape]));
    const parts = by.map((entry, k) => {
      const part = `${name}_${k}`;
      if (typeof entry === "number") return constant(part, [entry]);
      const axis = (entry === "time" ? axes?.time : axes?.batch) ?? 0;
      made.push(makeNode("Gather", [shape, constant(`${part}_axis`, [axis])], [part]));
      return part;
    });
    made.push(makeNode("Concat", parts, [name], [intAttribute("axis", 0)]));
  });
  graph.node.unshift(...made);
}

function isShape(by: NonNullable<Fix["by"]>): by is Exclude<NonNullable<Fix["by"]>, { dims: unknown }> {
  return Array.isArray(by);
}

/**
 * Turns recurrent nodes of layout 1, batch before time, which ONNX Runtime does not run, into those of layout 0
 * between transpositions.
 *
 * @returns true if there were any
 */
export function toTimeMajor(graph: GraphProto): boolean {
  const isBatchMajor = (node: NodeProto): boolean =>
    isRecurrent(node) && node.attribute.some(({ name, i }) => name === "layout" && i === 1);
  if (!graph.node.some(isBatchMajor)) return false;
  graph.node = graph.node.flatMap((node) => {
    if (!isBatchMajor(node)) return [node];
    const own = node.output.find((name) => name !== "") ?? "";
    const before: NodeProto[] = [];
    const after: NodeProto[] = [];
    for (const index of [0, 5, 6]) {
      const name = node.input[index];
      if (!name) continue;
      const turned = `${own}_time_major_in_${index}`;
      before.push(makeNode("Transpose", [name], [turned], [intsAttribute("perm", [1, 0, 2])]));
      node.input[index] = turned;
    }
    for (const [index, name] of node.output.entries()) {
      if (name === "") continue;
      const turned = `${own}_time_major_out_${index}`;
      const perm = index === 0 ? [2, 0, 1, 3] : [1, 0, 2];
      after.push(makeNode("Transpose", [turned], [name], [intsAttribute("perm", perm)]));
      node.output[index] = turned;
    }
    node.attribute = node.attribute.filter(({ name }) => name !== "layout");
    return [...before, node, ...after];
  });
  return true;
}
