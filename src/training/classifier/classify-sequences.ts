import { KernelModel, type Network, networkGraph } from "../../cells/index.js";
import type { ClassifierShape, LabelledSequence } from "./classifier-job.js";
import { pooled } from "./sequence-loss.js";

/**
 * The logits of each output that is due, by the kernel that steps live ones: [1, O] at a sequence's end, or [T, O] at
 * every step.
 */
export function classifySequences(
  network: Network,
  { at, pool, classes }: Pick<ClassifierShape, "at" | "pool" | "classes">,
  sequences: readonly LabelledSequence[],
): Float64Array[] {
  const model = new KernelModel(networkGraph(network));
  return sequences.map(({ x }) => {
    const logits = Float64Array.from(model.run(x));
    return at === "end" ? pooled(logits, pool, classes) : logits;
  });
}
