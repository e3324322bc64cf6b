import type { ClassOutcome, ClassReport, RecordedSequences } from "../../runtime/index.js";
import type { Pipeline, PipelineClassifier, PipelineTraining } from "../../spec/index.js";
import { classRows, classTitle, spottingWords } from "./class-table.js";
import { markdownTable } from "./markdown-table.js";

export interface ClassifierCardOptions {
  readonly pipeline: Pipeline;
  readonly classifier: PipelineClassifier;
  readonly training: PipelineTraining;
  readonly recorded: RecordedSequences;
  readonly outcome: ClassOutcome;
  readonly leftOut: readonly ClassReport[];
  readonly leaveOutField: string | undefined;
  readonly repeat: number;
  /** That made the model. */
  readonly command: string;
}

/** What a classifier is, what it was made from and how good it is, in Markdown: it lies beside the ONNX file. */
export function classifierCard(options: ClassifierCardOptions): string {
  const { pipeline, classifier, training, recorded, outcome, leftOut, repeat, command } = options;
  const { classes, inputNames, parameters, reports } = outcome;
  const { cell, layers, hidden, bidirectional, seed, ...recipe } = training;
  const when =
    classifier.at === "step"
      ? "of every step"
      : `of a sequence at its end, by ${classifier.pool === "mean" ? "the mean of its steps' logits" : "its last step's logits"}`;
  const table = (report: ClassReport) =>
    [classTitle(report), markdownTable(classRows(report)), spottingWords(report)]
      .filter((part) => part !== "")
      .join("\n\n");
  const without =
    leftOut.length === 0
      ? ""
      : `\nTrained without one ${options.leaveOutField}, tested on that one:\n\n${markdownTable([
          [options.leaveOutField ?? "", "classes", "accuracy"],
          ...leftOut.map(({ name, count, network }) => [
            name,
            String(count),
            `${(100 * network.accuracy).toFixed(1)} %`,
          ]),
        ])}\n`;
  return `# ${pipeline.name}

Names \`${classifier.field}\` ${when}: ${classes.join(", ")}. ${bidirectional ? "Bidirectional " : ""}${cell.toUpperCase()}, ${layers} x ${hidden} units; ${parameters} parameters.

\`\`\`sh
${command}
\`\`\`

Trained on ${recorded.sequences.length} sequences of ${recorded.rows} rows${repeat > 1 ? `, from seeds ${seed} to ${seed + repeat - 1}; the file holds the network of seed ${seed}` : `, from seed ${seed}`}.
How: ${recipeWords(recipe)}.

${inputNames.length} inputs: ${inputWords(pipeline)}. Output: logits, one for each class.

${reports.map(table).join("\n\n")}
${without}`;
}

/** A vector's inputs as one. */
function inputWords({ features }: Pipeline): string {
  return features
    .map((feature) => {
      if (feature.kind === "calendar") return feature.calendar;
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
