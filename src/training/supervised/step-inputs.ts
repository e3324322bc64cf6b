import type { Standard } from "./standardize.js";
import type { LabelledSequence } from "./supervised-job.js";

/** What a rival without memory sees of each target, standardised, [I] each: the step's inputs, or the mean of all steps'. */
export function* stepInputs(
  { x }: LabelledSequence,
  { mean, sd }: Standard,
  at: "end" | "step",
): Generator<Float64Array> {
  const all = new Float64Array(x.width);
  for (const row of x.rows()) {
    const scaled = row.map((value, i) => (value - mean[i]!) / sd[i]!);
    if (at === "step") yield scaled;
    else for (let i = 0; i < all.length; i++) all[i]! += scaled[i]! / x.steps;
  }
  if (at === "end") yield all;
}
