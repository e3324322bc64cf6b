import { log } from "../../../core/index.js";
import { softmax } from "../../softmax.js";
import type { Judged, Scores } from "../objective.js";

/** How well classes are named. */
export interface ClassificationScores extends Scores {
  /** Share that is right. */
  readonly accuracy: number;
  /** Mean over classes of F1 = 2 precision recall / (precision + recall); a class that neither is nor is named doesn't count. */
  readonly macroF1: number;
  /** Mean of -ln p(class), nats. */
  readonly nll: number;
}

/**
 * @param logits  of each output, [N, O] in parts of any size
 * @param classes what was right, [N] in parts alike; NaN where unknown: not judged
 */
export function classificationScores(
  logits: readonly Float64Array[],
  classes: readonly Float64Array[],
  O: number,
): Judged<ClassificationScores> {
  const named = new Float64Array(O);
  const there = new Float64Array(O);
  const right = new Float64Array(O);
  let nll = 0;
  let count = 0;
  for (const [part, own] of classes.entries()) {
    for (const [row, label] of own.entries()) {
      if (Number.isNaN(label)) continue;
      const probabilities = softmax(logits[part]!.subarray(row * O, (row + 1) * O));
      const best = largest(probabilities);
      named[best]!++;
      there[label]!++;
      if (best === label) right[best]!++;
      nll -= log(Math.max(probabilities[label]!, 1e-300));
      count++;
    }
  }
  const f1: number[] = [];
  for (let k = 0; k < O; k++) {
    if (named[k]! + there[k]! > 0) f1.push((2 * right[k]!) / (named[k]! + there[k]!));
  }
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  return { scores: { accuracy: sum(right) / count, macroF1: sum(f1) / f1.length, nll: nll / count }, count };
}

/** The first of the largest. */
function largest(values: Float64Array): number {
  let best = 0;
  for (const [k, value] of values.entries()) if (value > values[best]!) best = k;
  return best;
}
