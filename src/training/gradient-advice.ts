import type { CellKind } from "../cells/index.js";
import type { LayerReach } from "./gradient-reach.js";
import type { Leftover } from "./leftover-memory.js";

/** Gradients that grow so many times on their way back explode: one stretch outweighs all others. */
const EXPLODED = 100;

export interface GradientFindings {
  readonly cell: CellKind;
  /** Steps that training looks back. */
  readonly k2: number;
  readonly updates: number;
  readonly refused: number;
  /** From the lowest; empty: unknown. */
  readonly layers: readonly LayerReach[];
  /** null: none; undefined: unknown */
  readonly leftover: Leftover | null | undefined;
}

/** What is wrong with a training's gradients and what helps, a sentence each; nothing when all is well. */
export function gradientAdvice(findings: GradientFindings): string[] {
  return [refusedUpdates(findings), ...explodingLayers(findings), unusedMemory(findings)].filter(
    (advice) => advice !== undefined,
  );
}

function refusedUpdates({ refused, updates }: GradientFindings): string | undefined {
  if (refused === 0) return undefined;
  return (
    `${refused} of ${updates} updates were refused, since the loss or its gradient was not finite: ` +
    "look for inputs that are far out of scale"
  );
}

function explodingLayers({ cell, layers, k2 }: GradientFindings): string[] {
  return layers.flatMap(({ largest: { norm, distance } }, layer) => {
    if (norm < EXPLODED) return [];
    const where = layers.length === 1 ? "" : ` in layer ${layer + 1}`;
    const remedy = cell === "rnn" ? "try a GRU" : "try a lower learning rate";
    const cut = distance < k2 ? `, or look back fewer than ${distance} steps (learn.tbptt)` : "";
    return [
      `gradients grow ${Math.round(norm)}-fold on their way back over ${steps(distance)}${where}: ${remedy}${cut}`,
    ];
  });
}

function unusedMemory({ cell, layers, leftover, k2 }: GradientFindings): string | undefined {
  if (layers.length === 0 || leftover === null) return undefined;
  // What any layer remembers is remembered.
  const reach = Math.max(...layers.map((layer) => layer.steps));
  const vanish = `gradients vanish after ${steps(reach)}`;
  if (leftover === undefined) {
    // Gates are what there is against it: those who have them need not be told.
    if (cell !== "rnn" || reach >= Math.min(k2, ...layers.map(({ depth }) => depth))) return undefined;
    return `${vanish} of the ${k2} that training looks back: the history is too short to tell whether the data has a longer memory; if so, try a GRU`;
  }
  const { lag } = leftover;
  const further = `let training look back further than ${steps(k2)} (learn.tbptt)`;
  if (lag > reach) {
    const input = `give it the value of ${steps(lag)} before as an input`;
    const remedy = cell === "rnn" ? "try a GRU" : lag < k2 ? input : `${input}, or ${further}`;
    return `${vanish}: this ${cell.toUpperCase()} cannot use the ${lag}-step memory that the data has; ${remedy}`;
  }
  if (lag < k2) return undefined;
  return `the data has a ${lag}-step memory that this ${cell.toUpperCase()} could use, its gradients reach ${steps(reach)}: ${further}`;
}

function steps(count: number): string {
  return count === 1 ? "1 step" : `${count} steps`;
}
