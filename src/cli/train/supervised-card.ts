import type { RecordedSequences, SupervisedOutcome, SupervisedReport } from "../../runtime/index.js";
import type { Pipeline, PipelineSupervised, PipelineTraining } from "../../spec/index.js";
import { markdownTable } from "./markdown-table.js";
import { mainScore, spottingWords, supervisedRows, supervisedTitle } from "./supervised-table.js";

export interface SupervisedCardOptions {
  readonly pipeline: Pipeline;
  readonly training: PipelineTraining;
  readonly recorded: RecordedSequences;
  readonly outcome: SupervisedOutcome;
  readonly leftOut: readonly SupervisedReport[];
  readonly leaveOutField: string | undefined;
  readonly repeat: number;
  /** That made the model. */
  readonly command: string;
}

/** What a network of a supervised target is, what it was made from and how good it is, in Markdown: it lies beside the ONNX file. */
export function supervisedCard(options: SupervisedCardOptions): string {
  const { pipeline, training, recorded, outcome, leftOut, repeat, command } = options;
  const { supervised, inputNames, parameters, reports } = outcome;
  const { cell, layers, hidden, bidirectional, seed, ...recipe } = training;
  const table = (report: SupervisedReport) =>
    [
      supervisedTitle(report, supervised),
      markdownTable(supervisedRows(report, supervised)),
      spottingWords(report),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  const without =
    leftOut.length === 0
      ? ""
      : `\nTrained without one ${options.leaveOutField}, tested on that one:\n\n${markdownTable([
          [options.leaveOutField ?? "", COUNTED[supervised.kind], leftOutScore(supervised)],
          ...leftOut.map((report) => [report.name, String(report.count), mainScore(report, supervised)]),
        ])}\n`;
  return `# ${pipeline.name}

${taskWords(supervised)} ${bidirectional ? "Bidirectional " : ""}${cell.toUpperCase()}, ${layers} x ${hidden} units; ${parameters} parameters.

\`\`\`sh
${command}
\`\`\`

Trained on ${recorded.sequences.length} sequences of ${recorded.rows} rows${repeat > 1 ? `, from seeds ${seed} to ${seed + repeat - 1}; the file holds the network of seed ${seed}` : `, from seed ${seed}`}.
How: ${recipeWords(recipe)}.

${inputNames.length} inputs: ${inputWords(pipeline)}. Output: ${OUTPUTS[supervised.kind]}.

${reports.map(table).join("\n\n")}
${without}`;
}

const COUNTED = { class: "classes", value: "values", symbols: "sets", text: "texts" } as const;

const OUTPUTS = {
  class: "logits, one for each class",
  value: "the estimate",
  symbols: "logits, one for each symbol",
  text: "the text's logits, one for each symbol and one for its end",
} as const;

function leftOutScore({ kind }: PipelineSupervised): string {
  return { class: "accuracy", value: "MAE", symbols: "NLL", text: "exact" }[kind];
}

/** What it tells, and when. */
function taskWords(supervised: PipelineSupervised): string {
  const { kind, field, at, pool, ahead } = supervised;
  const outputs = kind === "value" ? "outputs" : "logits";
  const when =
    at === "step"
      ? "of every step"
      : `of a sequence at its end, by ${pool === "mean" ? `the mean of its steps' ${outputs}` : `its last step's ${outputs}`}`;
  const shift = ahead === 0 ? "" : `, that of ${Math.abs(ahead)} ${ahead > 0 ? "later" : "earlier"}`;
  if (kind === "class") return `Names \`${field}\` ${when}: ${(supervised.classes ?? []).join(", ")}.`;
  if (kind === "text") {
    const symbols = `${supervised.vocabulary?.length ?? 0} ${supervised.split}`;
    return `Writes \`${field}\` of a sequence at its end, of ${symbols}. Encoder and decoder, each`;
  }
  if (kind === "value") return `Estimates \`${field}\` ${when}${shift}.`;
  return `Tells which symbols are in \`${field}\` ${when}${shift}, of ${supervised.vocabulary?.length ?? 0}.`;
}

/** A vector's inputs as one. */
function inputWords({ features }: Pipeline): string {
  return features
    .map((feature) => {
      if (feature.kind === "calendar") return feature.calendar;
      if (feature.kind === "field" && feature.marksMissing) return `${feature.field}, or that it is missing`;
      return feature.kind === "vector" ? `${feature.field} (${feature.size})` : feature.field;
    })
    .join(", ");
}

/** Name and value of everything, one after the other. */
function recipeWords(recipe: object): string {
  return Object.entries(recipe)
    .map(([name, value]): string => {
      if (Array.isArray(value)) return `${name} ${value.join(" to ")}`;
      return typeof value === "object" ? `${name} (${recipeWords(value)})` : `${name} ${value}`;
    })
    .join(", ");
}
