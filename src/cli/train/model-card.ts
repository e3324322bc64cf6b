import type { TrainingData, TrainOutcome } from "../../runtime/index.js";
import type { Pipeline } from "../../spec/index.js";
import { reportRows, reportTitle } from "./report-table.js";

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
      ? `${model.cell.toUpperCase()}, ${model.layers} x ${model.hidden} units; the mean of ${model.members} for each horizon (${model.horizons.join(", ")})`
      : model.file;
  const tables = reports.map((report) => {
    const [head = [], ...rows] = reportRows(report);
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    return [reportTitle(report), "", line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
  });
  return `# ${name}

Forecasts ${targets.join(", ")}. ${shape}; ${result.parameters} parameters.

\`\`\`sh
${command}
\`\`\`

Trained on ${data.rows} rows of ${data.histories.length} keys, ${day(data.from)} to ${day(data.to)}: the first 64 % of each
key's history trained, the next 16 % validated, the last fifth tested. ${result.epochs} epochs.

Inputs: ${data.inputNames.join(", ")}. Output: the step ahead in units of the usual step (\`output: step\`).

${tables.join("\n\n")}
`;
}
