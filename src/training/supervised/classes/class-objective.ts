import { crossEntropyLoss } from "../../cross-entropy-loss.js";
import type { Objective } from "../objective.js";
import { type ClassificationScores, classificationScores } from "./classification-scores.js";

/**
 * One class of O: outputs are logits, a target is the class's number from 0, the loss is softmax cross-entropy.
 *
 * @param O how many classes
 */
export function classObjective(O: number): Objective<ClassificationScores> {
  return {
    outputs: O,
    width: 1,
    loss: crossEntropyLoss,
    expected: `classes from 0 to ${O - 1}`,
    isTarget: ([one = Number.NaN]) => Number.isInteger(one) && one >= 0 && one < O,
    forLoss: (target) => target,
    begin: () => {},
    end: () => {},
    scores: (outputs, targets) => classificationScores(outputs, targets, O),
  };
}
