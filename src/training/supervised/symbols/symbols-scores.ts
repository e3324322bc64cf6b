import { bernoulliLoss } from "../../cross-entropy-loss.js";
import type { Judged, Scores } from "../objective.js";

/** How well sets of symbols are foretold. */
export interface SymbolsScores extends Scores {
  /** Mean over sets of -ln p(set), nats: summed over all symbols, of those that are in it and those that are not. */
  readonly nll: number;
  /**
   * TP / (TP + FP + FN) over all symbols of all sets, of those at least as likely as not: what is told right of all that
   * is or is told (Bay, Ehmann and Downie 2009).
   */
  readonly accuracy: number;
}

/**
 * @param logits of each set, [N, K] in parts of any size
 * @param sets   [N, K] 1 for each symbol in it, else 0, in parts alike; NaN where unknown: not judged
 */
export function symbolsScores(
  logits: readonly Float64Array[],
  sets: readonly Float64Array[],
  K: number,
): Judged<SymbolsScores> {
  let [nll, count, right, told] = [0, 0, 0, 0];
  for (const [part, own] of sets.entries()) {
    const known = Array.from({ length: own.length / K }, (_, row) => !Number.isNaN(own[row * K]!));
    const rows = known.filter(Boolean).length;
    nll += rows * bernoulliLoss(K)(new Float64Array(own.length), logits[part]!, own);
    count += rows;
    for (const [i, is] of own.entries()) {
      if (Number.isNaN(is)) continue;
      const isTold = logits[part]![i]! >= 0;
      if (isTold && is === 1) right++;
      if (isTold || is === 1) told++;
    }
  }
  return { scores: { nll: nll / count, accuracy: told === 0 ? 1 : right / told }, count };
}
