import type { TrainingData, TrainOutcome } from "../../runtime/index.js";
import type { Pipeline } from "../../spec/index.js";
import { GRADIENT_LEGEND, gradientAdvice, gradientRows } from "./gradient-table.js";
import { markdownTable } from "./markdown-table.js";
import { reportRows, reportTitle } from "./report-table.js";
import { trialRows } from "./trial-table.js";

export interface ModelCardOptions {
  readonly pipeline: Pipeline;
  readonly data: TrainingData;
  readonly outcome: TrainOutcome;
  /** That made the model. */
  readonly command: string;
}

/** What a model is, what it was made from and how good it is, in Markdown: it lies beside the ONNX file. */
export function modelCard({ pipeline, data, outcome, command }: ModelCardOptions): string {
  const { model, targets, name } = pipeline;
  const { result, reports } = outcome;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const shape =
    model.kind === "built-in"
      ? `${model.cell.toUpperCase()}, ${model.layers} x ${outcome.hidden} units; the mean of ${model.members} for each horizon (${model.horizons.join(", ")})`
      : model.file;
  const tables = reports.map((report) => `${reportTitle(report)}\n\n${markdownTable(reportRows(report))}`);
  const tried =
    outcome.trials.length === 1
      ? ""
      : `\nTried, and chosen on the part that validated:\n\n${markdownTable(trialRows(outcome))}\n`;
  const advice = gradientAdvice(result.gradients).map((words) => `- ${words}\n`);
  return `# ${name}

Forecasts ${targets.join(", ")}. ${shape}; ${result.parameters} parameters.

\`\`\`sh
${command}
\`\`\`

Trained on ${data.rows} rows of ${data.histories.length} keys, ${day(data.from)} to ${day(data.to)}: the first 64 % of each
key's history trained, the next 16 % validated, the last fifth tested. ${result.epochs} epochs.

Inputs: ${data.inputNames.join(", ")}. Output: the step ahead in units of the usual step (\`output: step\`).
${tried}
${tables.join("\n\n")}

How its gradients fared: ${GRADIENT_LEGEND}

${markdownTable(gradientRows(result.gradients))}
${advice.length === 0 ? "" : `\n${advice.join("")}`}`;
}
