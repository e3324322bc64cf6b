import { Command } from "commander";
import pc from "picocolors";
import { Learner, runPipelineTest } from "../../runtime/index.js";
import { MODELS_OPTION, type Models, readPipelines } from "../pipeline-files.js";

/** `eddy test`: the tests that pipelines carry. */
export function testCommand(): Command {
  return new Command("test")
    .description("run the tests that pipelines carry")
    .argument("<pipeline...>", "pipeline files (YAML)")
    .option(...MODELS_OPTION)
    .option("--json", "one object a line, for machines")
    .addHelpText("after", "\nExample:\n  eddy test pipelines/*.yaml")
    .action(run);
}

async function run(files: readonly string[], options: Models & { readonly json?: boolean }): Promise<void> {
  const learner = new Learner();
  let passed = 0;
  let failed = 0;
  try {
    for (const file of files) {
      for (const pipeline of await readPipelines([file], options)) {
        for (const test of pipeline.tests) {
          const { name, failures } = await runPipelineTest(pipeline, test, {
            trainer: learner,
            fineTunes: false,
          });
          if (failures.length === 0) passed++;
          else failed++;
          if (options.json) {
            console.log(
              JSON.stringify({ type: "test", file, name, passed: failures.length === 0, failures }),
            );
            continue;
          }
          console.log(`${failures.length === 0 ? pc.green("pass") : pc.red("FAIL")} ${file}: ${name}`);
          for (const failure of failures) console.log(`     ${failure}`);
        }
      }
    }
  } finally {
    await learner.close();
  }
  console.log(
    options.json ? JSON.stringify({ type: "result", passed, failed }) : `${passed} passed, ${failed} failed`,
  );
  if (failed > 0) process.exitCode = 1;
}
