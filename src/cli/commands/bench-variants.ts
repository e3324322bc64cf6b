import { cpus } from "node:os";
import { Command, Option } from "commander";
import { VARIANT_TASKS, type VariantTaskName, variantTask } from "../bench/variant-tasks.js";
import { benchVariants, type VariantResult } from "../bench/variants.js";
import { positiveInteger } from "../option-values.js";
import { table } from "../table.js";

interface Options {
  readonly task: VariantTaskName;
  readonly hidden: number;
  readonly seeds: number;
  readonly texts: number;
  readonly json?: boolean;
}

/** Texts that are tested on. */
const TESTED = 500;

/** `eddy bench variants`: every cell, reading forward and both ways, on one task. */
export function benchVariantsCommand(): Command {
  return new Command("variants")
    .description("RNN, GRU and LSTM, each reading forward and both ways, trained on the same task")
    .addOption(
      new Option(
        "--task <task>",
        "gaps: a missing word that later ones tell; cue: a word that decides 40 words later",
      )
        .choices(VARIANT_TASKS)
        .default("gaps"),
    )
    .option("--hidden <n>", "hidden units, of each direction", positiveInteger, 32)
    .option("--seeds <n>", "trainings of each variant", positiveInteger, 3)
    .option("--texts <n>", `made-up texts that are trained on; ${TESTED} others test`, positiveInteger, 4000)
    .option("--json", "one JSON object a variant, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench variants --task gaps --hidden 16")
    .action(run);
}

async function run({ task: name, hidden, seeds, texts, json }: Options): Promise<void> {
  const task = await variantTask(name, texts, TESTED);
  const results: VariantResult[] = [];
  const print = (type: string, result: VariantResult) =>
    console.log(JSON.stringify({ type, bench: "variants", task: name, ...result }));
  benchVariants({
    task,
    hidden,
    seeds,
    onResult(result) {
      // The last object is the one that says so.
      if (json && results.length > 0) print("variant", results.at(-1)!);
      results.push(result);
      if (!json) process.stderr.write(`bench variants: ${title(result)} done\n`);
    },
  });
  if (json) {
    print("result", results.at(-1)!);
    return;
  }
  const head = ["variant", "parameters", "training, s", "µs a step", "accuracy, %", "of seeds"];
  console.log(table([head, ...results.map(row)]));
  console.log(
    `${name}: ${task.classes} classes, ${texts} texts trained on, ${TESTED} tested; ${hidden} units a direction, ` +
      `${seeds} seeds; seconds of one core's time, ${cpus()[0]?.model ?? "unknown processor"}`,
  );
}

function title({ cell, bidirectional }: VariantResult): string {
  return `${cell.toUpperCase()}, ${bidirectional ? "both ways" : "forward"}`;
}

function row(result: VariantResult): string[] {
  const { parameters, trainSeconds, microsecondsPerStep, accuracy, accuracies } = result;
  const percent = (share: number) => (100 * share).toFixed(1);
  return [
    title(result),
    String(parameters),
    trainSeconds.toFixed(1),
    microsecondsPerStep.toFixed(2),
    percent(accuracy),
    `${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))}`,
  ];
}
