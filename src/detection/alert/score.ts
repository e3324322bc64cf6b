import { exp } from "../../core/index.js";

/** Where an alert becomes due. */
export const DUE = 0.5;

/**
 * The score in [0, 1] of a strength of which 1 is due an alert: r / 2 below 1, from there 0.5 + 0.5 (1 - exp(1 - r)).
 * It rises without a step, and so does its slope.
 */
export function scoreOf(r: number): number {
  return r < 1 ? DUE * r : DUE + DUE * (1 - exp(1 - r));
}
