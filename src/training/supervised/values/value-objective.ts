import type { Network } from "../../../cells/index.js";
import { squaredLoss } from "../../loss.js";
import type { Objective } from "../objective.js";
import type { LabelledSequence } from "../supervised-job.js";
import { type ValueScores, valueScores } from "./value-scores.js";

/**
 * One number: the output is its estimate, the loss the squared error. It is learned in standard deviations from the
 * mean of the training targets, which the head then takes into its weights: sd (w h + b) + mean.
 *
 * @param training whose targets tell mean and spread; of targets that are all alike, or none, 0 and 1 serve
 */
export function valueObjective(training: readonly LabelledSequence[]): Objective<ValueScores> {
  const known = training.flatMap(({ target }) => [...target].filter((one) => !Number.isNaN(one)));
  const mean = known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length);
  const squares = known.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  const variance = squares / Math.max(1, known.length);
  const sd = variance > 0 ? Math.sqrt(variance) : 1;
  return {
    outputs: 1,
    width: 1,
    loss: squaredLoss,
    expected: "finite values",
    isTarget: ([one = Number.NaN]) => Number.isFinite(one),
    forLoss: (target) => target.map((value) => (value - mean) / sd),
    begin: () => {},
    end: (network: Network) => {
      const { values: weight } = network.parameter("head.weight");
      const { values: bias } = network.parameter("head.bias");
      for (let i = 0; i < weight.length; i++) weight[i]! *= sd;
      bias[0] = sd * bias[0]! + mean;
    },
    scores: valueScores,
  };
}
