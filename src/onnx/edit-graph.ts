import type { GraphProto } from "./model-proto.js";

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
