import { KernelModel, type Network, networkGraph } from "../../cells/index.js";
import { pooled } from "./pooled.js";
import type { LabelledSequence, SupervisedShape } from "./supervised-job.js";

/**
 * The outputs that are due, by the kernel that steps live ones: [1, O] at a sequence's end, or [T, O] at every step.
 */
export function runSequences(
  network: Network,
  { at, pool }: Pick<SupervisedShape, "at" | "pool">,
  sequences: readonly LabelledSequence[],
): Float64Array[] {
  const model = new KernelModel(networkGraph(network));
  return sequences.map(({ x }) => {
    const outputs = Float64Array.from(model.run(x.toArray()));
    return at === "end" ? pooled(outputs, pool, network.outputs) : outputs;
  });
}
