import { log } from "../../../core/index.js";
import { softmax } from "../../softmax.js";
import type { Rival } from "../objective.js";
import { type Standard, standardOf } from "../standardize.js";
import { stepInputs } from "../step-inputs.js";
import type { LabelledSequence } from "../supervised-job.js";

/** Always the class that was most frequent, with the frequencies as probabilities. */
export function majorityRival(training: readonly LabelledSequence[], O: number): Rival {
  const counts = new Float64Array(O);
  for (const { target } of training) for (const one of target) if (!Number.isNaN(one)) counts[one]!++;
  const total = counts.reduce((a, b) => a + b, 0);
  // Laplace's rule: a class that never came is rare, not impossible.
  const logits = counts.map((count) => log((count + 1) / (total + O)));
  return (sequences) =>
    sequences.map(({ target }) => Float64Array.from({ length: target.length * O }, (_, i) => logits[i % O]!));
}

const ROUNDS = 300;
const RATE = 0.5;
/** Of more, evenly many are taken. */
const MOST_ROWS = 5000;
/** Pulls weights to 0. */
const DECAY = 1e-3;

/**
 * Softmax regression without memory: on a step's inputs, or, for classes of whole sequences, on their mean over all
 * steps. Fitted by 300 rounds of gradient descent with momentum 0.9 and a little weight decay.
 */
export function linearRival(
  training: readonly LabelledSequence[],
  inputs: number,
  O: number,
  at: "end" | "step",
): Rival {
  const standard = standardOf(training, inputs);
  const known = evenlyKnown(training, standard, at);
  const W = (inputs + 1) * O;
  const weights = new Float64Array(W);
  const velocity = new Float64Array(W);
  for (let round = 0; round < ROUNDS; round++) {
    const gradient = weights.map((weight) => DECAY * weight);
    for (const { row, label } of known) {
      const probabilities = softmax(product(weights, row, O));
      for (let k = 0; k < O; k++) {
        const slope = (probabilities[k]! - (k === label ? 1 : 0)) / known.length;
        addMultiple(gradient, k * (inputs + 1), slope, row);
      }
    }
    for (let i = 0; i < W; i++) {
      velocity[i] = 0.9 * velocity[i]! - RATE * gradient[i]!;
      weights[i]! += velocity[i]!;
    }
  }
  return (sequences) =>
    sequences.map((sequence) => {
      const logits = new Float64Array(sequence.target.length * O);
      let to = 0;
      for (const row of stepInputs(sequence, standard, at)) {
        logits.set(product(weights, row, O), to);
        to += O;
      }
      return logits;
    });
}

/** Inputs with their classes where they are known; of too many, evenly many. */
function evenlyKnown(
  training: readonly LabelledSequence[],
  standard: Standard,
  at: "end" | "step",
): { readonly row: Float64Array; readonly label: number }[] {
  let count = 0;
  for (const { target } of training) for (const label of target) if (!Number.isNaN(label)) count++;
  const every = Math.ceil(count / MOST_ROWS);
  const taken: { row: Float64Array; label: number }[] = [];
  let seen = 0;
  for (const sequence of training) {
    let i = 0;
    for (const row of stepInputs(sequence, standard, at)) {
      const label = sequence.target[i++]!;
      if (!Number.isNaN(label) && seen++ % every === 0) taken.push({ row, label });
    }
  }
  return taken;
}

/** Adds to the gradient of one output's weights and bias, which begin at `at`. */
function addMultiple(gradient: Float64Array, at: number, slope: number, row: Float64Array): void {
  for (let i = 0; i < row.length; i++) gradient[at + i]! += slope * row[i]!;
  gradient[at + row.length]! += slope;
}

/** [O] W x + b */
function product(weights: Float64Array, row: Float64Array, O: number): Float64Array {
  const I = row.length;
  const sums = new Float64Array(O);
  for (let k = 0; k < O; k++) {
    const at = k * (I + 1);
    let sum = weights[at + I]!;
    for (let i = 0; i < I; i++) sum += weights[at + i]! * row[i]!;
    sums[k] = sum;
  }
  return sums;
}
