import { type Inference, type Sample, sigmoid } from "../core/index.js";
import { softmax } from "../training/index.js";

/** What a network's outputs [O] stand for. */
export type InferredTarget =
  | {
      readonly kind: "class";
      readonly classes: readonly string[];
      readonly output: "logits" | "probabilities";
    }
  /** `of`: the field that a value is the truth of. */
  | { readonly kind: "value"; readonly of?: string }
  | {
      readonly kind: "symbols";
      readonly vocabulary: readonly string[];
      readonly output: "logits" | "probabilities";
    };

/** How many outputs it takes, and what they are, for people. */
export function outputsOf(target: InferredTarget): { readonly count: number; readonly words: string } {
  if (target.kind === "value") return { count: 1, words: "the estimate" };
  const names = target.kind === "class" ? target.classes : target.vocabulary;
  const shown = names.length > 20 ? `${names.slice(0, 20).join(", ")}, ...` : names.join(", ");
  return {
    count: names.length,
    words: `one for each ${target.kind === "class" ? "class" : "symbol"} (${shown})`,
  };
}

/** [O] probabilities: of one class among all, or of each symbol by itself. */
export function probabilitiesOf(
  target: Exclude<InferredTarget, { kind: "value" }>,
  output: Float64Array,
): Float64Array {
  if (target.output === "probabilities") return output;
  return target.kind === "class" ? softmax(output) : output.map(sigmoid);
}

/**
 * What an output says: the likeliest class, the first of equals; the estimate; the symbols at least as likely as not.
 *
 * @param sample of the event itself, where the output is about it
 */
export function readOutput(target: InferredTarget, output: Float64Array, sample?: Sample): Inference {
  if (target.kind === "value") {
    const value = target.of === undefined ? undefined : sample?.values[target.of];
    return { estimate: output[0]!, ...(typeof value === "number" ? { value } : {}) };
  }
  const probabilities = probabilitiesOf(target, output);
  if (target.kind === "class") {
    let best = 0;
    for (const [k, probability] of probabilities.entries()) if (probability > probabilities[best]!) best = k;
    return { label: target.classes[best]!, probability: probabilities[best]! };
  }
  const there = target.vocabulary.flatMap((symbol, k) =>
    probabilities[k]! >= 0.5 ? [{ symbol, probability: probabilities[k]! }] : [],
  );
  return {
    symbols: there.map(({ symbol }) => symbol),
    probabilities: there.map(({ probability }) => probability),
  };
}
