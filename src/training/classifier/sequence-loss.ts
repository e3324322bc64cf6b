import { exp, log } from "../../core/index.js";
import type { Pool } from "./classifier-job.js";

/**
 * Softmax cross-entropy of one sequence's logits and its gradient:
 *
 *     L = -log softmax(z)[class],   dL/dz = softmax(z) - onehot(class)
 *
 * where z is a step's logits, or, of a sequence that has one class, their mean over all steps or the last step's.
 * The mean of the logits is the head's of the mean hidden state, since the head is affine.
 *
 * @param gradient [T, O], overwritten with `weight` times dL/dlogits
 * @param logits   [T, O]
 * @param classes  [1], or [T] with NaN where unknown
 * @returns the sum of L over what is known
 */
export function sequenceLoss(
  gradient: Float64Array,
  logits: Float64Array,
  classes: Float64Array,
  pool: Pool,
  O: number,
  weight: number,
): number {
  const T = logits.length / O;
  if (classes.length === T && T !== 1) {
    let sum = 0;
    for (let t = 0; t < T; t++) {
      const row = gradient.subarray(t * O, (t + 1) * O);
      if (Number.isNaN(classes[t]!)) row.fill(0);
      else sum += stepLoss(row, logits.subarray(t * O, (t + 1) * O), classes[t]!, weight);
    }
    return sum;
  }
  if (Number.isNaN(classes[0]!)) {
    gradient.fill(0);
    return 0;
  }
  const last = gradient.subarray((T - 1) * O, T * O);
  const loss = stepLoss(last, pooled(logits, pool, O), classes[0]!, weight);
  if (pool === "last") gradient.fill(0, 0, (T - 1) * O);
  else {
    for (let k = 0; k < O; k++) last[k]! /= T;
    for (let t = 0; t + 1 < T; t++) gradient.set(last, t * O);
  }
  return loss;
}

/** [O] logits at a sequence's end. */
export function pooled(logits: Float64Array, pool: Pool, O: number): Float64Array {
  const T = logits.length / O;
  const result = logits.slice((T - 1) * O);
  if (pool === "last") return result;
  for (let i = 0; i < (T - 1) * O; i++) result[i % O]! += logits[i]!;
  return result.map((sum) => sum / T);
}

/** [O] probabilities; less the largest, so that no exponential overflows. */
export function softmax(logits: Float64Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = logits.map((logit) => exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function stepLoss(gradient: Float64Array, logits: Float64Array, label: number, weight: number): number {
  const probabilities = softmax(logits);
  for (let k = 0; k < gradient.length; k++)
    gradient[k] = weight * (probabilities[k]! - (k === label ? 1 : 0));
  // Below it a float64 has no logarithm.
  return -log(Math.max(probabilities[label]!, 1e-300));
}
