import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  findCheckpoint,
  Learner,
  MOST_TRIALS,
  readLineages,
  readTrainingData,
  type TrainOutcome,
  train,
} from "../../runtime/index.js";
import { openStoreForReading } from "../../store/index.js";
import type { TrainingProgress } from "../../training/index.js";
import { nonNegativeInteger, positiveInteger } from "../option-values.js";
import { readPipelines } from "../pipeline-files.js";
import { type Progress, progress } from "../progress.js";
import { writeReport } from "../report/report-file.js";
import { trainSections } from "../report/train-report.js";
import { table } from "../table.js";
import { GRADIENT_LEGEND, gradientAdvice, gradientRows } from "../train/gradient-table.js";
import { modelCard } from "../train/model-card.js";
import { reportTables } from "../train/report-table.js";
import { trainSupervised } from "../train/train-supervised.js";
import { trialRows } from "../train/trial-table.js";
import { wrongUse } from "../wrong-use.js";

interface TrainCommandOptions {
  readonly input: string;
  readonly model: string;
  readonly seed?: number;
  readonly from?: string;
  readonly search?: number | true;
  readonly data: string;
  readonly test: readonly string[];
  readonly repeat: number;
  readonly leaveOut?: string;
  readonly cell?: "rnn" | "gru" | "lstm";
  readonly json?: boolean;
  readonly report?: string;
}

/** `eddy train`: a network from a recording, compared with what it has to beat. */
export function trainCommand(): Command {
  return new Command("train")
    .description("train a pipeline's network on a recording, and compare it with its rivals")
    .argument("<pipeline>", "pipeline file (YAML)")
    .requiredOption(
      "--input <file>",
      "recording: CSV with a header, NDJSON, or the data directory of an Eddy, running or not",
    )
    .requiredOption("--model <file>", "where to write the ONNX model; its card goes beside it, as .md")
    .option(
      "--seed <n>",
      "of the random numbers it starts from (default: the pipeline's)",
      nonNegativeInteger,
    )
    .option(
      "--report <file>",
      "one HTML file with plots: errors, forecasts of the test part, loss, gradients",
    )
    .option("--json", "progress and result as JSON lines, for machines")
    .option("--from <model>", "start from a network that was in service, gru-2, or from its address")
    .option("--data <dir>", "data directory that holds it", "eddy-data")
    .option(
      "--search [n]",
      `try n sizes and learning rates (default 5, at most ${MOST_TRIALS}) and take the best on the validation part`,
      trialCount,
    )
    .option(
      "--test <file>",
      "of supervised targets: a recording to test on, may come several times (default: every fifth sequence of the input)",
      (file: string, before: readonly string[]) => [...before, file],
      [],
    )
    .option(
      "--repeat <n>",
      "of supervised targets: train from n seeds and report the mean",
      positiveInteger,
      1,
    )
    .addOption(
      new Option("--cell <cell>", "of supervised targets: another cell than the pipeline's").choices([
        "rnn",
        "gru",
        "lstm",
      ]),
    )
    .option(
      "--leave-out <field>",
      "of supervised targets: also train without each value of this field, and test on it",
    )
    .addHelpText(
      "after",
      "\nThe first four fifths of every key's history train and validate, the last fifth tests." +
        "\nAn interrupted training goes on after its last finished network if it is called again as before." +
        "\nExample:\n  eddy train pipelines/machine-temperature.yaml --input temperature.csv --model models/temperature.onnx",
    )
    .action(run);
}

async function run(file: string, options: TrainCommandOptions): Promise<void> {
  const { input, model, seed, from, json = false } = options;
  const search = options.search === true ? TRIALS : options.search;
  if (search !== undefined && from !== undefined) {
    throw wrongUse("Cannot search with --from: expected one of them, for what it starts from has its size");
  }
  const started = performance.now();
  const [pipeline] = await readPipelines([file], { ignoresModel: true });
  if (pipeline === undefined) return;
  const { supervised } = pipeline;
  if (supervised !== undefined) {
    if (search !== undefined || from !== undefined) {
      throw wrongUse("Cannot train a supervised target with --search or --from: expected neither");
    }
    const { test: tests, repeat, leaveOut, cell } = options;
    await trainSupervised({
      pipeline,
      supervised,
      file,
      input,
      model,
      tests,
      repeat,
      leaveOut,
      seed,
      cell,
      json,
    });
    return;
  }
  if (options.test.length > 0 || options.repeat > 1 || options.leaveOut !== undefined) {
    throw wrongUse("Cannot train a forecaster with --test, --repeat or --leave-out: expected none of them");
  }
  const initial = from === undefined ? undefined : checkpointBytes(options.data, from);
  const reading = progress(process.stderr, { label: "read", total: undefined, unit: "rows", silent: json });
  const data = await readTrainingData(pipeline, input, (rows) => reading.update(rows));
  reading.done(
    [
      `${data.rows} rows`,
      `${data.histories.length} keys`,
      ...[...data.left].map((left) => `${left[1]} ${left[0]}`),
    ].join(", "),
  );
  const unfinished = `${model}.unfinished`;
  const learner = new Learner();
  let bar: Progress | undefined;
  const epochs: TrainingProgress[] = [];
  let outcome: TrainOutcome;
  try {
    outcome = await train({
      pipeline,
      data,
      trainer: learner,
      ...(seed === undefined ? {} : { seed }),
      ...(initial === undefined ? {} : { initial }),
      ...(search === undefined ? {} : { search }),
      unfinished,
      onUnfinished: (found) => sayUnfinished(unfinished, found, json),
      onProgress: ({ epoch, epochs: total, loss, validation }) => {
        epochs.push({ epoch, epochs: total, loss, validation });
        if (json) console.log(JSON.stringify({ type: "progress", epoch, epochs: total, loss, validation }));
        bar ??= progress(process.stderr, { label: "train", total, unit: "epochs", silent: json });
        bar.update(epoch, `loss ${loss.toFixed(4)}, validation ${validation.toFixed(4)}`);
      },
    });
  } finally {
    await learner.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const { result, reports, onnx } = outcome;
  bar?.done(
    `${result.epochs} epochs, validation ${result.validation.network.toFixed(4)}, ${seconds.toFixed(1)} s`,
  );
  const card = `${model.replace(/\.onnx$/, "")}.md`;
  await writeFile(model, onnx);
  outcome.remove();
  const command = `eddy train ${file} --input ${input} --model ${model}${seed === undefined ? "" : ` --seed ${seed}`}${from === undefined ? "" : ` --from ${from} --data ${options.data}`}${search === undefined ? "" : ` --search ${search}`}`;
  await writeFile(card, modelCard({ pipeline, data, outcome, command }));
  if (options.report !== undefined) {
    const sections = trainSections({ data, outcome, epochs, seconds, model });
    await writeReport(
      options.report,
      { title: `Eddy training: ${pipeline.name}`, subtitle: input, sections },
      command,
    );
  }
  if (json) {
    const [first] = reports;
    const { model: own, persistence, seasonalNaive, holtWinters, ridge } = first!;
    console.log(
      JSON.stringify({
        type: "result",
        model,
        parameters: result.parameters,
        seconds,
        epochs: result.epochs,
        accepted: result.accepted,
        why: result.why,
        gradients: result.gradients,
        ...(outcome.trials.length > 1 ? { trials: outcome.trials } : {}),
        test: { model: own, persistence, seasonalNaive, holtWinters, ridge },
        reports,
      }),
    );
    return;
  }
  if (outcome.trials.length > 1) {
    console.log(`${table(trialRows(outcome))}\nvalidation: mean absolute error in usual steps\n`);
  }
  console.log(reportTables(reports));
  console.log(`\n${table(gradientRows(result.gradients))}\n${GRADIENT_LEGEND}`);
  for (const advice of gradientAdvice(result.gradients)) console.log(`! ${advice}`);
  console.log(`\nwrote ${model} (${result.parameters} parameters) and ${card}`);
  console.log(`use it:  model: { file: ${model} }`);
}

/** Sizes and rates that are tried unless the option says how many. */
const TRIALS = 5;

function trialCount(text: string): number {
  const count = positiveInteger(text);
  if (count < 2 || count > MOST_TRIALS) {
    throw new InvalidArgumentError(`Expected a whole number from 2 to ${MOST_TRIALS}.`);
  }
  return count;
}

/** What became of an earlier training that wrote the same model and was interrupted. */
function sayUnfinished(
  file: string,
  found: { readonly networks: number; readonly of: number } | "another",
  json: boolean,
): void {
  if (json) {
    const line = found === "another" ? { type: "ignored", file } : { type: "resumed", file, ...found };
    console.log(JSON.stringify(line));
  } else if (found === "another") {
    console.error(`${file} is of a training on other data or with other settings: not used, begins anew`);
  } else {
    console.error(`goes on from ${file}: ${found.networks} of ${found.of} networks were finished`);
  }
}

/** @throws RangeError code `NO_SUCH_CHECKPOINT`; see `openStoreForReading` */
function checkpointBytes(data: string, wanted: string): Uint8Array {
  const store = openStoreForReading(data);
  try {
    return findCheckpoint(readLineages(store), wanted).checkpoint.bytes;
  } finally {
    store.close();
  }
}
