import { exp, sigmoid } from "../core/index.js";
import type { HeadKind } from "./network-shape.js";

/**
 * Turns logits into what a head gives, in place: nothing (linear, quantile), exp of the second half
 * (gaussian: variances), softmax, or a sigmoid each.
 *
 * @param y [O]
 */
export function headOutput(head: HeadKind, y: Float64Array): void {
  switch (head) {
    case "gaussian":
      for (let k = y.length / 2; k < y.length; k++) y[k] = exp(y[k]!);
      return;
    case "sigmoid":
      for (let k = 0; k < y.length; k++) y[k] = sigmoid(y[k]!);
      return;
    case "softmax": {
      // Less the largest, so that no exponential overflows.
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < y.length; k++) largest = Math.max(largest, y[k]!);
      let sum = 0;
      for (let k = 0; k < y.length; k++) sum += y[k] = exp(y[k]! - largest);
      for (let k = 0; k < y.length; k++) y[k]! /= sum;
    }
  }
}
