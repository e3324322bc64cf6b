import { roundUp } from "./pack-weights.js";
import type { Operation, StepGraph } from "./step-graph.js";

/** A stretch of a state: h or c of one recurrent operation. */
interface Stretch {
  /** Where it begins among a slot's elements. */
  readonly at: number;
  readonly length: number;
}

/**
 * Where a key's state stands in its slot: per recurrent operation h, then c of LSTMs, each filled up with
 * zeros to a multiple of 8 elements, so that the kernel reads whole vectors.
 */
export interface StateLayout {
  /** Elements of a slot, padding included. */
  readonly slotSize: number;
  /** S, without padding. */
  readonly stateSize: number;
  readonly stretches: readonly Stretch[];
  /** Where a recurrent operation's h begins. */
  readonly offsets: ReadonlyMap<Operation, number>;
  /** [slotSize] at the start of a sequence. */
  readonly initial: Float32Array;
}

export function stateLayout(graph: StepGraph): StateLayout {
  const stretches: Stretch[] = [];
  const offsets = new Map<Operation, number>();
  const initial: number[] = [];
  for (const operation of graph.operations) {
    if (operation.kind !== "recurrent") continue;
    const { hidden: H } = operation;
    offsets.set(operation, initial.length);
    for (let part = 0; part < (operation.cell === "lstm" ? 2 : 1); part++) {
      stretches.push({ at: initial.length, length: H });
      for (let unit = 0; unit < roundUp(H, 8); unit++) {
        initial.push(unit < H ? (operation.initial?.[part * H + unit] ?? 0) : 0);
      }
    }
  }
  return {
    slotSize: initial.length,
    stateSize: stretches.reduce((sum, { length }) => sum + length, 0),
    stretches,
    offsets,
    initial: Float32Array.from(initial),
  };
}
