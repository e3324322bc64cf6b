import { exp } from "../core/index.js";

/** [O] probabilities; less the largest, so that no exponential overflows. */
export function softmax(logits: Float64Array): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  const powers = new Float64Array(logits.length);
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    powers[k] = exp(logits[k]! - largest);
    sum += powers[k]!;
  }
  for (let k = 0; k < logits.length; k++) powers[k]! /= sum;
  return powers;
}
