import type { Network } from "../../cells/index.js";
import type { InputRows } from "../input-rows.js";
import type { LabelledSequence } from "./supervised-job.js";

/** Mean and standard deviation of each input, [I]; 0 and 1 of those that stay as they are. */
export interface Standard {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** [I] 1 where an input is the same at every step. */
  readonly isConstant: Uint8Array;
}

/**
 * Over all steps of all sequences.
 *
 * @param plain [I] true for inputs that stay as they are: of a rare symbol's, standardised, each would be a shout
 */
export function standardOf(
  sequences: readonly Pick<LabelledSequence, "x">[],
  inputs: number,
  plain: readonly boolean[] = [],
): Standard {
  const mean = new Float64Array(inputs);
  const sd = new Float64Array(inputs);
  const steps = sequences.reduce((sum, { x }) => sum + x.steps, 0);
  for (const { x } of sequences) {
    for (const row of x.rows()) for (let i = 0; i < inputs; i++) mean[i]! += row[i]! / steps;
  }
  for (const { x } of sequences) {
    for (const row of x.rows()) {
      for (let i = 0; i < inputs; i++) {
        const away = row[i]! - mean[i]!;
        sd[i]! += (away * away) / steps;
      }
    }
  }
  const isConstant = Uint8Array.from(sd, (square) => (square > 1e-12 ? 0 : 1));
  return {
    mean: mean.map((value, i) => (plain[i] ? 0 : value)),
    sd: sd.map((square, i) => (plain[i] || isConstant[i] ? 1 : Math.sqrt(square))),
    isConstant,
  };
}

/** (x - mean) / sd; x itself where all inputs stay as they are. */
export function standardized(x: InputRows, { mean, sd }: Standard): InputRows {
  if (mean.every((value) => value === 0) && sd.every((value) => value === 1)) return x;
  return x.map((value, i) => (value - mean[i]!) / sd[i]!);
}

/**
 * Lets a network that learned from standardised inputs take them as they come: W (x - mean) / sd + b is
 * (W / sd) x + (b - W mean / sd). So its file needs to say nothing of how inputs were scaled. An input that never changed,
 * that of unknown symbols say, gets no weight: the network knows nothing of it.
 */
export function foldStandard(network: Network, { mean, sd, isConstant }: Standard): void {
  for (const suffix of network.shape.bidirectional === true ? ["l0", "l0_reverse"] : ["l0"]) {
    const weight = network.parameter(`rnn.weight_ih_${suffix}`).values;
    const bias = network.parameter(`rnn.bias_ih_${suffix}`).values;
    const I = mean.length;
    for (let row = 0; row < bias.length; row++) {
      for (let i = 0; i < I; i++) {
        if (isConstant[i] === 1) weight[row * I + i] = 0;
        weight[row * I + i]! /= sd[i]!;
        bias[row]! -= weight[row * I + i]! * mean[i]!;
      }
    }
  }
}
