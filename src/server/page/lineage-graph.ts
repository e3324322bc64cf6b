import type { LineageNode } from "../wire.js";
import { svg } from "./dom.js";

const STEP = 190;
const LANE = 62;
const WIDTH = 158;
const HEIGHT = 46;
/** Room for arcs above. */
const TOP = 30;
/** Decisions that are drawn, the newest. */
const MOST = 60;

/**
 * The lineage from left to right: what came into service on the upper lane, what was rejected on the lower one,
 * rollbacks as arcs back to the network that came again.
 */
export function lineageGraph(all: readonly LineageNode[]): SVGSVGElement {
  const nodes = all.slice(-MOST);
  const width = Math.max(1, nodes.length) * STEP + 10;
  const hasLower = nodes.some(({ kind }) => kind === "rejected");
  const height = TOP + HEIGHT + 6 + (hasLower ? LANE : 0);
  const top = (node: LineageNode): number => (node.kind === "rejected" ? LANE + TOP : TOP);
  const left = (i: number): number => 6 + i * STEP;
  const drawing = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": `Lineage of ${all.length} decisions: ${all.map(words).join("; ")}`,
    class: "lineage",
  });
  for (const [i, node] of nodes.entries()) {
    const parent = nodes
      .slice(0, i)
      .findLastIndex(({ model, kind }) => kind !== "rejected" && model === node.replaced);
    if (parent >= 0)
      drawing.append(edge(left(parent) + WIDTH, top(nodes[parent]!), left(i), top(node), node.kind));
    if (node.kind !== "rolled-back") continue;
    const origin = nodes
      .slice(0, i)
      .findLastIndex(({ model, kind }) => model === node.model && kind !== "rejected");
    if (origin >= 0) drawing.append(arc(left(origin) + WIDTH / 2, left(i) + WIDTH / 2));
  }
  for (const [i, node] of nodes.entries()) drawing.append(box(node, left(i), top(node)));
  return drawing;
}

function box(node: LineageNode, x: number, y: number): SVGElement {
  const gain = node.details.verdict?.gain;
  const detail = gain === undefined ? node.kind : `${node.kind}, errs ${percent(gain)}`;
  return svg(
    "g",
    { class: `node ${node.kind}${node.inService ? " service" : ""}`, transform: `translate(${x} ${y})` },
    svg("title", {}, words(node)),
    svg("rect", { width: WIDTH, height: HEIGHT, rx: 6 }),
    svg("text", { x: 9, y: 19, class: "model" }, node.model ?? node.address ?? "none"),
    svg("text", { x: 9, y: 35, class: "detail" }, detail),
  );
}

function edge(x1: number, y1: number, x2: number, y2: number, kind: string): SVGElement {
  const from = y1 + HEIGHT / 2;
  const to = y2 + HEIGHT / 2;
  const middle = Math.max(x1 + 10, x2 - 20);
  return svg("path", {
    class: `edge ${kind}`,
    d: `M${x1} ${from} C${middle} ${from} ${middle} ${to} ${x2} ${to}`,
  });
}

function arc(from: number, to: number): SVGElement {
  return svg("path", { class: "edge back", d: `M${to} ${TOP} C${to} 4 ${from} 4 ${from} ${TOP}` });
}

export function percent(gain: number): string {
  return `${(100 * Math.abs(gain)).toFixed(1)} % ${gain < 0 ? "more" : "less"}`;
}

function words({ kind, model, address, why }: LineageNode): string {
  return `${model ?? address ?? "a network"} ${kind}: ${why}`;
}
