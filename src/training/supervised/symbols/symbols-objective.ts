import { log } from "../../../core/index.js";
import { bernoulliLoss } from "../../cross-entropy-loss.js";
import type { Objective } from "../objective.js";
import type { LabelledSequence } from "../supervised-job.js";
import { type SymbolsScores, symbolsScores } from "./symbols-scores.js";

/**
 * A set of symbols out of K: an output is a symbol's logit, a target 1 for each symbol in the set and 0 for others, the
 * loss the sum of K binary cross-entropies (Boulanger-Lewandowski et al. 2012, without the RBM). The head begins at
 * each symbol's log-odds in the training sets, so that nothing needs to be learned to be as good as frequencies are.
 */
export function symbolsObjective(training: readonly LabelledSequence[], K: number): Objective<SymbolsScores> {
  return {
    outputs: K,
    width: K,
    loss: bernoulliLoss(K),
    expected: "sets, 0 or 1 for each symbol",
    isTarget: (set) => set.every((one) => one === 0 || one === 1),
    forLoss: (target) => target,
    begin: (network) => network.parameter("head.bias").values.set(logOdds(training, K)),
    end: () => {},
    scores: (outputs, targets) => symbolsScores(outputs, targets, K),
  };
}

/** [K] of each symbol, ln((n + 1/2) / (N - n + 1/2)): one that never came is rare, not impossible. */
export function logOdds(training: readonly LabelledSequence[], K: number): Float64Array {
  const counts = new Float64Array(K);
  let N = 0;
  for (const { target } of training) {
    for (let row = 0; row < target.length; row += K) {
      if (Number.isNaN(target[row]!)) continue;
      N++;
      for (let k = 0; k < K; k++) counts[k]! += target[row + k]!;
    }
  }
  return counts.map((n) => log((n + 0.5) / (N - n + 0.5)));
}
