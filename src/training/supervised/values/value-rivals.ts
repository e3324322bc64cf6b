import { Ridge, ridgeForecast } from "../../baselines/index.js";
import type { Rival } from "../objective.js";
import { standardOf } from "../standardize.js";
import { stepInputs } from "../step-inputs.js";
import type { LabelledSequence, Readings } from "../supervised-job.js";

const PENALTY = 1e-6;

/** Always the training targets' mean. */
export function meanRival(training: readonly LabelledSequence[]): Rival {
  const known = training.flatMap(({ target }) => [...target].filter((one) => !Number.isNaN(one)));
  const mean = known.reduce((sum, one) => sum + one, 0) / known.length;
  return (sequences) => sequences.map(({ target }) => new Float64Array(target.length).fill(mean));
}

/**
 * A linear calibration without memory: ridge regression, with next to no penalty, on a step's inputs, or, for values of
 * whole sequences, on their mean over all steps.
 */
export function linearValueRival(
  training: readonly LabelledSequence[],
  inputs: number,
  at: "end" | "step",
): Rival {
  const standard = standardOf(training, inputs);
  const ridge = new Ridge(inputs);
  for (const sequence of training) {
    let i = 0;
    for (const row of stepInputs(sequence, standard, at)) {
      const value = sequence.target[i++]!;
      if (!Number.isNaN(value)) ridge.add(row, value);
    }
  }
  const weights = ridge.solve(PENALTY);
  return (sequences) =>
    sequences.map((sequence) =>
      Float64Array.from(stepInputs(sequence, standard, at), (row) => ridgeForecast(weights, row)),
    );
}

/** What the instrument itself says, where there is one. */
export function readingRival(which: keyof Readings): Rival {
  return (sequences) =>
    sequences.map(
      ({ readings, target }) => readings?.[which] ?? new Float64Array(target.length).fill(Number.NaN),
    );
}
