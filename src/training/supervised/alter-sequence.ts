import type { Rng } from "../../core/index.js";
import { InputRows } from "../input-rows.js";
import type { LabelledSequence, SupervisedRecipe, SupervisedShape } from "./supervised-job.js";

/**
 * A sequence as it might have been: longer or shorter, and with noise; standardised inputs. What is learned from a
 * few hundred sequences else fits them and no others.
 */
export function alterSequence(
  sequence: LabelledSequence,
  shape: Pick<SupervisedShape, "inputs" | "at">,
  { noise, stretch }: Pick<SupervisedRecipe, "noise" | "stretch">,
  rng: Rng,
): LabelledSequence {
  const stretched =
    stretch > 0 ? stretchSequence(sequence, shape, 1 + stretch * (2 * rng.uniform() - 1)) : sequence;
  if (noise.value === 0 && noise.sequence === 0) return stretched;
  const { inputs } = shape;
  const offsets = Float64Array.from({ length: inputs }, () => noise.sequence * rng.normal());
  const x = stretched.x.map((value, i) => value + offsets[i]! + noise.value * rng.normal());
  return { x, target: stretched.target };
}

/** The same course in `factor` times as many steps: in between, values are interpolated and targets those of the nearest step. */
export function stretchSequence(
  { x, target }: LabelledSequence,
  { inputs, at }: Pick<SupervisedShape, "inputs" | "at">,
  factor: number,
): LabelledSequence {
  const T = x.steps;
  const values = x.toArray();
  const steps = Math.max(1, Math.round(factor * T));
  const ratio = steps > 1 ? (T - 1) / (steps - 1) : 0;
  const stretched = new Float64Array(steps * inputs);
  const width = at === "step" ? target.length / T : 0;
  const own = at === "step" ? new Float64Array(steps * width) : target;
  for (let t = 0; t < steps; t++) {
    const place = t * ratio;
    const before = Math.min(Math.floor(place), T - 1);
    const after = Math.min(before + 1, T - 1);
    const share = place - before;
    for (let i = 0; i < inputs; i++) {
      const from = values[before * inputs + i]!;
      stretched[t * inputs + i] = from + share * (values[after * inputs + i]! - from);
    }
    const nearest = Math.min(Math.round(place), T - 1);
    for (let k = 0; k < width; k++) own[t * width + k] = target[nearest * width + k]!;
  }
  return { x: InputRows.from(stretched, inputs), target: own };
}
