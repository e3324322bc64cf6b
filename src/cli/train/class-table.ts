import type { ClassReport } from "../../runtime/index.js";

/** How well a classifier and its rivals name the classes of a test part, as rows of text with a heading. */
export function classRows({ network, majority, linear }: ClassReport): string[][] {
  const rows = { "this network": network, "the most frequent class": majority, "softmax regression": linear };
  return [
    ["", "accuracy", "macro F1", "NLL"],
    ...Object.entries(rows).map(([name, { accuracy, macroF1, nll }]) => [
      name,
      `${(100 * accuracy).toFixed(2)} %`,
      macroF1.toFixed(4),
      nll.toFixed(4),
    ]),
  ];
}

/** How many words are found, and how many that nobody said. */
export function spottingWords({ spotting }: ClassReport): string {
  if (spotting === undefined) return "";
  const { words, found, falseAlarms, minutes } = spotting;
  return `${((100 * found) / words).toFixed(1)} % of ${words} words found, ${(falseAlarms / minutes).toFixed(2)} false a minute in ${minutes.toFixed(1)} minutes`;
}

/** What a report is about; of several seeds the mean, the spread beside it. */
export function classTitle({ name, count, accuracies }: ClassReport): string {
  const judged = `${name}, ${count} ${count === 1 ? "class" : "classes"} named`;
  if (accuracies.length === 1) return judged;
  const [least, most] = [Math.min(...accuracies), Math.max(...accuracies)].map((one) =>
    (100 * one).toFixed(2),
  );
  return `${judged}; this network: the mean of ${accuracies.length} seeds, accuracy ${least} to ${most} %`;
}
