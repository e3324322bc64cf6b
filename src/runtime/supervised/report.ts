import type { PipelineSupervised, PipelineTraining } from "../../spec/index.js";
import type { Scores, SupervisedRecipe } from "../../training/index.js";
import type { RecordedSequence } from "./recorded-sequences.js";
import type { SupervisedReport, SupervisedTraining, TestPart } from "./train-supervised.js";

/** Of every so many sequences the last is tested on, where no other recording is. */
const TESTED_OF = 5;

const BY_SEED = { class: "accuracies", value: "maes", symbols: "nlls", text: "exacts" } as const;

/** For machines: the rivals beside the network, each by its name. */
export function reportJson(
  { seeds, rivals, ...report }: SupervisedReport,
  { kind }: Pick<PipelineSupervised, "kind">,
): object {
  return { ...report, [BY_SEED[kind]]: seeds, ...rivals };
}

/** What is trained on and what is tested on. */
export function partsOf({ sequences, tests }: Pick<SupervisedTraining, "sequences" | "tests">): {
  train: readonly RecordedSequence[];
  tests: readonly TestPart[];
} {
  if (tests.length > 0) return { train: sequences, tests };
  const isTested = (i: number) => i % TESTED_OF === TESTED_OF - 1;
  return {
    train: sequences.filter((_, i) => !isTested(i)),
    tests: [{ name: "every fifth sequence", sequences: sequences.filter((_, i) => isTested(i)) }],
  };
}

export function recipeOf(training: PipelineTraining, seed: number): SupervisedRecipe {
  const { epochs, batch, steps, rate, decay, dropout, noise, offset, stretch, bidirectional } = training;
  return {
    seed,
    epochs,
    batch,
    steps,
    whole: bidirectional,
    learningRate: rate,
    weightDecay: decay,
    dropout,
    noise: { value: noise, sequence: offset },
    stretch,
  };
}

export function meanScores([first = {}, ...others]: readonly Scores[]): Scores {
  const all = [first, ...others];
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      all.reduce((sum, scores) => sum + scores[name]!, 0) / all.length,
    ]),
  );
}
