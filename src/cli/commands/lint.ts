import { Command } from "commander";
import { watchPrice, watchWords } from "../../runtime/index.js";
import { lintReport, type Pipeline, show } from "../../spec/index.js";
import { readPipelineFiles } from "../pipeline-files.js";

interface LintOptions {
  readonly show?: boolean;
  readonly json?: boolean;
}

/** `eddy lint`: every problem of every file at once, with its place. */
export function lintCommand(): Command {
  return new Command("lint")
    .description("find every problem of a pipeline at once, with line and column")
    .argument("<pipeline...>", "pipeline files (YAML)")
    .option("--show", "print the pipelines with all their defaults")
    .option("--json", "one object a line, for machines")
    .addHelpText("after", "\nExample:\n  eddy lint pipelines/*.yaml\n  eddy lint --show pipelines/demo.yaml")
    .action(lint);
}

async function lint(files: readonly string[], options: LintOptions): Promise<void> {
  let errors = 0;
  for (const { file = "", pipeline, problems } of await readPipelineFiles(files)) {
    errors += problems.filter(({ severity }) => severity === "error").length;
    if (options.json) {
      for (const problem of problems) console.log(JSON.stringify({ type: "problem", file, ...problem }));
    } else if (problems.length > 0) {
      console.log(lintReport(file, problems));
    }
    if (options.show && pipeline) {
      const shown = show(pipeline);
      console.log(options.json ? JSON.stringify({ type: "pipeline", file, shown }) : shown);
    }
    if (pipeline) sayPrice(pipeline, file, options);
  }
  if (options.json) console.log(JSON.stringify({ type: "result", files: files.length, errors }));
  else if (errors === 0 && !options.show) console.log(`${files.length} ok`);
  if (errors > 0) process.exitCode = 1;
}

/** What watches the pipeline's keys, and how much memory that takes. */
function sayPrice(pipeline: Pipeline, file: string, { json, show: isShown }: LintOptions): void {
  // Beside what is shown it is a comment: the output stays a pipeline.
  if (!json) console.log(`${isShown ? "# " : ""}${file}: ${watchWords(pipeline)}`);
  else if (pipeline.anomaly) console.log(JSON.stringify({ type: "watch", file, ...watchPrice(pipeline) }));
}
