import { log } from "../../../core/index.js";
import type { Rival } from "../objective.js";
import type { LabelledSequence } from "../supervised-job.js";
import { logOdds } from "./symbols-objective.js";

/** Every symbol as often as it came in training. */
export function frequencyRival(training: readonly LabelledSequence[], K: number): Rival {
  const logits = logOdds(training, K);
  return (sequences) => sequences.map(({ target }) => target.map((_, i) => logits[i % K]!));
}

/**
 * The set that is there stays: every symbol by whether it was in the target before, as often as it stayed, or came, in
 * training; where none is before, as often as it came at all.
 */
export function repetitionRival(training: readonly LabelledSequence[], K: number): Rival {
  const first = logOdds(training, K);
  // [was there, K]: how often it is then, and how often it could be
  const is = new Float64Array(2 * K).fill(0.5);
  const all = new Float64Array(2 * K).fill(1);
  for (const { target } of training) {
    for (let i = K; i < target.length; i++) {
      const [before, now] = [target[i - K]!, target[i]!];
      if (Number.isNaN(before) || Number.isNaN(now)) continue;
      is[before * K + (i % K)]! += now;
      all[before * K + (i % K)]!++;
    }
  }
  const logits = is.map((n, i) => log(n / (all[i]! - n)));
  return (sequences) =>
    sequences.map(({ target }) =>
      target.map((_, i) => {
        const before = i < K ? Number.NaN : target[i - K]!;
        return Number.isNaN(before) ? first[i % K]! : logits[before * K + (i % K)]!;
      }),
    );
}
