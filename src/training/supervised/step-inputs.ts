import { type Standard, standardized } from "./standardize.js";
import type { LabelledSequence } from "./supervised-job.js";

/** What a rival without memory sees of each target, standardised, [I] each: the step's inputs, or the mean of all steps'. */
export function stepInputs({ x }: LabelledSequence, standard: Standard, at: "end" | "step"): Float64Array[] {
  const I = standard.mean.length;
  const scaled = standardized(x, standard);
  const T = x.length / I;
  const steps = Array.from({ length: T }, (_, t) => scaled.subarray(t * I, (t + 1) * I));
  if (at === "step") return steps;
  const mean = new Float64Array(I);
  for (const step of steps) for (let i = 0; i < I; i++) mean[i]! += step[i]! / T;
  return [mean];
}
