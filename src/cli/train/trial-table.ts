import type { TrainOutcome } from "../../runtime/index.js";

/** What a search tried, as rows of text with a heading; what it chose is marked. */
export function trialRows({ trials, result }: Pick<TrainOutcome, "trials" | "result">): string[][] {
  const chosen = trials.findIndex(({ validation }) => validation === result.validation.network);
  const rows = trials.map(({ hidden, learningRate, parameters, epochs, validation }, i) => [
    `${hidden} units, rate ${learningRate}${i === chosen ? " (chosen)" : ""}`,
    String(parameters),
    String(epochs),
    validation === null ? "-" : validation.toFixed(4),
  ]);
  return [["tried", "parameters", "epochs", "validation"], ...rows];
}
