import type { TendedSequence, TendJob } from "./tend-job.js";
import type { ValidationPiece } from "./validate.js";

const DAY_MS = 86_400_000;

/**
 * What the seasonal-naive forecast says at every known target, in usual steps, with a day's and a week's
 * season: (y[t + h - m] - y[t]) / scale[t]. Seasons that not every key's history holds are left out.
 *
 * @param h index of the horizon
 */
export function seasonalNaiveOutputs(
  pieces: readonly (ValidationPiece & { readonly sequence: TendedSequence })[],
  { targets, horizons }: TendJob,
  h: number,
): Float64Array[] {
  const steps = horizons[h]!;
  return [DAY_MS, 7 * DAY_MS].flatMap((season) => {
    const outputs: number[] = [];
    for (const { sequence, wanted } of pieces) {
      const { y, scale, intervalMs } = sequence;
      const m = intervalMs > 0 ? Math.round(season / intervalMs) : 0;
      if (m < 2) return [];
      // The same place in the newest season that is known at t.
      const back = m * Math.ceil(steps / m) - steps;
      for (let i = 0; i < wanted.length; i++) {
        if (Number.isNaN(wanted[i])) continue;
        const then = i - back * targets;
        if (then < 0) return [];
        outputs.push((y[then]! - y[i]!) / scale[i * horizons.length + h]!);
      }
    }
    return [Float64Array.from(outputs)];
  });
}
