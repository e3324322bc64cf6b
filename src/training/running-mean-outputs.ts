import type { TendJob } from "./tend-job.js";
import type { ValidationPiece } from "./validate.js";

/** Values that the mean remembers. */
const MEMORY = 256;

/**
 * What the mean of the values so far says at every known target, in usual steps: (m[t] - y[t]) / scale[t], with
 *
 *     m += (y[t] - m) / min(t + 1, 256)
 *
 * Of pure noise nothing errs less.
 *
 * @param h index of the horizon
 */
export function runningMeanOutputs(
  pieces: readonly ValidationPiece[],
  { targets, horizons }: Pick<TendJob, "targets" | "horizons">,
  h: number,
): Float64Array {
  const outputs: number[] = [];
  for (const { sequence, wanted } of pieces) {
    const { y, scale } = sequence;
    const means = new Float64Array(targets);
    for (let i = 0; i < wanted.length; i++) {
      const j = i % targets;
      means[j]! += (y[i]! - means[j]!) / Math.min((i - j) / targets + 1, MEMORY);
      if (!Number.isNaN(wanted[i])) outputs.push((means[j]! - y[i]!) / scale[i * horizons.length + h]!);
    }
  }
  return Float64Array.from(outputs);
}
