import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  leaveOut,
  readSequences,
  reportJson,
  type SupervisedReport,
  trainOnSequences,
  withVocabularies,
} from "../../runtime/index.js";
import type { Pipeline, PipelineSupervised } from "../../spec/index.js";
import { type Progress, progress } from "../progress.js";
import { table } from "../table.js";
import { supervisedCard } from "./supervised-card.js";
import { mainScore, spottingWords, supervisedRows, supervisedTitle } from "./supervised-table.js";

export interface TrainSupervisedOptions {
  readonly pipeline: Pipeline;
  readonly supervised: PipelineSupervised;
  readonly file: string;
  readonly input: string;
  readonly model: string;
  readonly tests: readonly string[];
  readonly repeat: number;
  readonly leaveOut: string | undefined;
  readonly seed: number | undefined;
  readonly cell: "rnn" | "gru" | "lstm" | undefined;
  readonly json: boolean;
}

/** `eddy train` of a pipeline with a supervised target. */
export async function trainSupervised(options: TrainSupervisedOptions): Promise<void> {
  const { supervised, file, input, model, tests: testFiles, repeat, json } = options;
  const started = performance.now();
  const { seed, cell, ...own } = supervised.training;
  const training = { ...own, seed: options.seed ?? seed, cell: options.cell ?? cell };
  const pipeline = await withVocabularies(options.pipeline, input);
  const recorded = await readSequences(pipeline, supervised, input, options.leaveOut);
  const tests = [];
  for (const name of testFiles) {
    const { sequences } = await readSequences(pipeline, supervised, name, options.leaveOut);
    tests.push({ name: basename(name), sequences });
  }
  if (!json) {
    const { sequences, rows, unfinished, left } = recorded;
    const parts = [
      `${rows} rows`,
      `${sequences.length} sequences`,
      ...(unfinished > 0 ? [`${unfinished} unfinished`] : []),
    ];
    console.error(`read ${[...parts, ...[...left].map((one) => `${one[1]} ${one[0]}`)].join(", ")}`);
  }
  const total = repeat * training.epochs;
  let bar: Progress | undefined;
  const job = { pipeline, supervised, training, sequences: recorded.sequences, tests, repeat };
  const outcome = trainOnSequences({
    ...job,
    onEpoch: (run, { epoch, epochs, loss }) => {
      const done = run * epochs + epoch;
      if (json) console.log(JSON.stringify({ type: "progress", epoch: done, epochs: total, loss }));
      bar ??= progress(process.stderr, { label: "train", total, unit: "epochs", silent: json });
      bar.update(done, `loss ${loss.toFixed(4)}`);
    },
  });
  bar?.done(`${total} epochs`);
  const leftOut = options.leaveOut === undefined ? [] : leaveOut({ ...job, repeat: 1 });
  const seconds = (performance.now() - started) / 1000;
  const card = `${model.replace(/\.onnx$/, "")}.md`;
  await writeFile(model, outcome.onnx);
  const command = [
    `eddy train ${file} --input ${input} --model ${model}`,
    ...testFiles.map((name) => `--test ${name}`),
    ...(repeat > 1 ? [`--repeat ${repeat}`] : []),
    ...(options.leaveOut === undefined ? [] : [`--leave-out ${options.leaveOut}`]),
    ...(options.seed === undefined ? [] : [`--seed ${options.seed}`]),
    ...(options.cell === undefined ? [] : [`--cell ${options.cell}`]),
  ].join(" ");
  const written = supervisedCard({
    pipeline,
    training,
    recorded,
    outcome,
    leftOut,
    leaveOutField: options.leaveOut,
    repeat,
    command,
  });
  await writeFile(card, await withOwnWords(card, written));
  const { parameters, reports } = outcome;
  if (json) {
    const own = (list: readonly SupervisedReport[]) => list.map((report) => reportJson(report, supervised));
    console.log(
      JSON.stringify({
        type: "result",
        model,
        parameters,
        seconds,
        test: own(reports),
        leftOut: own(leftOut),
      }),
    );
    return;
  }
  const shown = (report: SupervisedReport) =>
    [
      supervisedTitle(report, supervised),
      table(supervisedRows(report, supervised)),
      spottingWords(report),
    ].filter((part) => part !== "");
  console.log(reports.map((report) => shown(report).join("\n\n")).join("\n\n"));
  for (const report of leftOut) {
    console.log(`without ${report.name}, tested on it: ${mainScore(report, supervised)} of ${report.count}`);
  }
  console.log(`\nwrote ${model} (${parameters} parameters) and ${card}, ${seconds.toFixed(1)} s`);
}

/** What people wrote into a card, below this line, is kept when it is written again. */
const OWN_WORDS = "<!-- below: not written by eddy train -->";

async function withOwnWords(card: string, text: string): Promise<string> {
  const before = await readFile(card, "utf8").catch(() => "");
  const at = before.indexOf(OWN_WORDS);
  return at < 0 ? text : `${text}\n${before.slice(at)}`;
}
