import { exp, log, log1p, sigmoid } from "../core/index.js";
import type { Loss } from "./loss.js";

/**
 * Softmax cross-entropy, -log softmax(output)[class], of logits [N, O] against classes [N] in [0, O).
 * Its gradient is softmax(output) - onehot(class).
 */
export const crossEntropyLoss: Loss = (gradient, output, target) => {
  const N = target.length;
  const O = output.length / N;
  let known = 0;
  for (let row = 0; row < N; row++) if (!Number.isNaN(target[row])) known++;
  let sum = 0;
  for (let row = 0; row < N; row++) {
    const at = row * O;
    if (Number.isNaN(target[row])) {
      gradient.fill(0, at, at + O);
      continue;
    }
    const label = target[row]!;
    // Less the largest, so that no exponential overflows.
    let largest = -Infinity;
    for (let k = at; k < at + O; k++) largest = Math.max(largest, output[k]!);
    let total = 0;
    for (let k = at; k < at + O; k++) {
      const power = exp(output[k]! - largest);
      gradient[k] = power;
      total += power;
    }
    sum += log(total) - (output[at + label]! - largest);
    for (let k = 0; k < O; k++) {
      const probability = gradient[at + k]! / total;
      gradient[at + k] = (probability - (k === label ? 1 : 0)) / known;
    }
  }
  return known === 0 ? 0 : sum / known;
};

/**
 * Binary cross-entropy of logits z against probabilities t in [0, 1], each output of its own:
 *
 *     log(1 + e^z) - t z = max(z, 0) - t z + log(1 + e^-|z|)
 */
export const binaryCrossEntropyLoss: Loss = (gradient, output, target) => {
  let known = 0;
  for (let i = 0; i < target.length; i++) if (!Number.isNaN(target[i])) known++;
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    const t = target[i]!;
    if (Number.isNaN(t)) {
      gradient[i] = 0;
      continue;
    }
    const z = output[i]!;
    sum += Math.max(z, 0) - t * z + log1p(exp(-Math.abs(z)));
    gradient[i] = (sigmoid(z) - t) / known;
  }
  return known === 0 ? 0 : sum / known;
};

/**
 * Negative log-likelihood of sets of K symbols, each a Bernoulli variable by its logit: the binary cross-entropies of a
 * row, summed. The mean over all rows that are known, each as a whole.
 *
 * @param K outputs of a row
 */
export function bernoulliLoss(K: number): Loss {
  return (gradient, output, target) => {
    const mean = binaryCrossEntropyLoss(gradient, output, target);
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= K;
    return K * mean;
  };
}
