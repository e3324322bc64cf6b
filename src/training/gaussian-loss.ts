import { exp, log } from "../core/index.js";
import type { Loss } from "./loss.js";

const LOG_2_PI = log(2 * Math.PI);

/**
 * Negative log-likelihood of a Gaussian head (Nix and Weigend 1994) with D means m, then D logarithms of
 * variances s; output [N, 2 D], targets y [N, D]:
 *
 *     (s + (m - y)^2 e^-s + log 2 pi) / 2
 */
export function gaussianLoss(D: number): Loss {
  return (gradient, output, target) => {
    let known = 0;
    for (let i = 0; i < target.length; i++) if (!Number.isNaN(target[i])) known++;
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < target.length; i++) {
      const y = target[i]!;
      if (Number.isNaN(y)) continue;
      const mean = Math.floor(i / D) * 2 * D + (i % D);
      const error = output[mean]! - y;
      const s = output[mean + D]!;
      const precision = exp(-s);
      sum += 0.5 * (s + error * error * precision + LOG_2_PI);
      gradient[mean] = (error * precision) / known;
      gradient[mean + D] = (0.5 * (1 - error * error * precision)) / known;
    }
    return known === 0 ? 0 : sum / known;
  };
}
