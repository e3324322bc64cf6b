import { MAIN_SCORE, type SupervisedReport } from "../../runtime/index.js";
import type { PipelineSupervised } from "../../spec/index.js";

type Kind = Pick<PipelineSupervised, "kind">;

const RIVALS: Readonly<Record<PipelineSupervised["kind"], Readonly<Record<string, string>>>> = {
  class: { majority: "the most frequent class", linear: "softmax regression" },
  value: {
    reading: "the reading itself",
    interpolated: "the reading, interpolated",
    mean: "the training data's mean",
    linear: "ridge regression on the step",
  },
  text: { nearest: "the text of the nearest training sequence" },
  symbols: { frequency: "each symbol's frequency", repetition: "the set before, as it stays and comes" },
};

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

const SCORES: Readonly<
  Record<string, { readonly words: string; readonly shown: (score: number) => string }>
> = {
  accuracy: { words: "accuracy", shown: percent },
  macroF1: { words: "macro F1", shown: (score) => score.toFixed(4) },
  nll: { words: "NLL", shown: (score) => score.toFixed(4) },
  exact: { words: "exact match", shown: percent },
  symbolErrors: { words: "wrong symbols", shown: percent },
  mae: { words: "MAE", shown: (score) => score.toPrecision(4) },
  rmse: { words: "RMSE", shown: (score) => score.toPrecision(4) },
};

/** How well a network and its rivals tell the targets of a test part, as rows of text with a heading. */
export function supervisedRows({ network, rivals }: SupervisedReport, { kind }: Kind): string[][] {
  const names = Object.keys(network);
  const all = [["this network", network] as const, ...Object.entries(rivals)];
  return [
    ["", ...names.map((name) => SCORES[name]?.words ?? name)],
    ...all.map(([who, scores]) => [
      RIVALS[kind][who] ?? who,
      ...names.map((name) => SCORES[name]?.shown(scores[name] ?? Number.NaN) ?? ""),
    ]),
  ];
}

/** How many words are found, and how many that nobody said. */
export function spottingWords({ spotting }: SupervisedReport): string {
  if (spotting === undefined) return "";
  const { words, found, falseAlarms, minutes } = spotting;
  return `${((100 * found) / words).toFixed(1)} % of ${words} words found, ${(falseAlarms / minutes).toFixed(2)} false a minute in ${minutes.toFixed(1)} minutes`;
}

const JUDGED = {
  class: ["class named", "classes named"],
  value: ["value estimated", "values estimated"],
  symbols: ["set foretold", "sets foretold"],
  text: ["text written", "texts written"],
} as const;

/** What a report is about; of several seeds the mean, the spread beside it. */
export function supervisedTitle({ name, count, seeds }: SupervisedReport, { kind }: Kind): string {
  const judged = `${name}, ${count} ${JUDGED[kind][count === 1 ? 0 : 1]}`;
  if (seeds.length === 1) return judged;
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  return `${judged}; this network: the mean of ${seeds.length} seeds, ${spread(kind, least, most)}`;
}

function spread(kind: PipelineSupervised["kind"], least: number, most: number): string {
  const { words, shown } = SCORES[MAIN_SCORE[kind]]!;
  // A unit that both have stands once.
  return `${words} ${shown(least).replace(" %", "")} to ${shown(most)}`;
}

/** The score that matters most, for people. */
export function mainScore({ network }: SupervisedReport, { kind }: Kind): string {
  const name = MAIN_SCORE[kind];
  const score = network[name] ?? Number.NaN;
  return name === "accuracy" || name === "exact"
    ? `${(100 * score).toFixed(1)} %`
    : (SCORES[name]?.shown(score) ?? "");
}
