import { problem } from "../core/index.js";
import type { Loss } from "./loss.js";

/**
 * Pinball loss of a quantile head (Koenker and Bassett 1978), one output for each level q; output [N, Q],
 * targets [N], e = target - output:
 *
 *     mean over q of max(q e, (q - 1) e)
 *
 * @param levels [Q], each between 0 and 1
 * @throws RangeError code `QUANTILE_LEVELS`
 */
export function quantileLoss(levels: readonly number[]): Loss {
  if (levels.length === 0 || levels.some((q) => !(q > 0 && q < 1))) {
    throw problem(RangeError, {
      code: "QUANTILE_LEVELS",
      action: "train",
      on: "a quantile head",
      expected: "levels between 0 and 1",
      found: `[${levels.join(", ")}]`,
    });
  }
  const Q = levels.length;
  return (gradient, output, target) => {
    let known = 0;
    for (let row = 0; row < target.length; row++) if (!Number.isNaN(target[row])) known++;
    gradient.fill(0);
    let sum = 0;
    for (let row = 0; row < target.length; row++) {
      if (Number.isNaN(target[row])) continue;
      for (let k = 0; k < Q; k++) {
        const at = row * Q + k;
        const q = levels[k]!;
        const error = target[row]! - output[at]!;
        const slope = error > 0 ? q : q - 1;
        sum += slope * error;
        gradient[at] = -slope / (known * Q);
      }
    }
    return known === 0 ? 0 : sum / (known * Q);
  };
}
