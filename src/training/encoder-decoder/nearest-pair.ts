import type { InputRows } from "../input-rows.js";
import { standardized, standardOf } from "../supervised/standardize.js";
import type { TextPair } from "./text-pair.js";

/**
 * What a network has to beat: the text of the training pair whose sequence is nearest, by the sum of squares of what
 * standardised inputs differ by, step by step; behind a sequence's end are zeros. Of equals the first.
 */
export function nearestPair(
  training: readonly TextPair[],
  inputs: number,
  plain?: readonly boolean[],
): (x: InputRows) => Int32Array {
  const standard = standardOf(training, inputs, plain);
  const known = training.map(({ x, text }) => ({ x: standardized(x, standard).toArray(), text }));
  return (raw) => {
    const x = standardized(raw, standard).toArray();
    let best: { distance: number; text: Int32Array } = {
      distance: Number.POSITIVE_INFINITY,
      text: new Int32Array(0),
    };
    for (const { x: other, text } of known) {
      const distance = squares(x, other, best.distance);
      if (distance < best.distance) best = { distance, text };
    }
    return best.text;
  };
}

/** Gives up once it is above `bound`. */
function squares(a: Float64Array, b: Float64Array, bound: number): number {
  let sum = 0;
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length && sum < bound; i++) {
    const away = (a[i] ?? 0) - (b[i] ?? 0);
    sum += away * away;
  }
  return sum;
}
