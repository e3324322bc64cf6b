import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  type ClassReport,
  leaveOut,
  readSequences,
  trainClasses,
  withVocabularies,
} from "../../runtime/index.js";
import type { Pipeline, PipelineClassifier } from "../../spec/index.js";
import { type Progress, progress } from "../progress.js";
import { table } from "../table.js";
import { classRows, classTitle, spottingWords } from "./class-table.js";
import { classifierCard } from "./classifier-card.js";

export interface TrainClassifierOptions {
  readonly pipeline: Pipeline;
  readonly classifier: PipelineClassifier;
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

/** `eddy train` of a pipeline that names classes. */
export async function trainClassifier(options: TrainClassifierOptions): Promise<void> {
  const { classifier, file, input, model, tests: testFiles, repeat, json } = options;
  const started = performance.now();
  const { seed, cell, ...own } = classifier.training;
  const training = { ...own, seed: options.seed ?? seed, cell: options.cell ?? cell };
  const pipeline = await withVocabularies(options.pipeline, input);
  const recorded = await readSequences(pipeline, classifier, input, options.leaveOut);
  const tests = [];
  for (const name of testFiles) {
    const { sequences } = await readSequences(pipeline, classifier, name, options.leaveOut);
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
  const job = { pipeline, classifier, training, sequences: recorded.sequences, tests, repeat };
  const outcome = trainClasses({
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
  const written = classifierCard({
    pipeline,
    classifier,
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
    console.log(JSON.stringify({ type: "result", model, parameters, seconds, test: reports, leftOut }));
    return;
  }
  const shown = (report: ClassReport) =>
    [classTitle(report), table(classRows(report)), spottingWords(report)].filter((part) => part !== "");
  console.log(reports.map((report) => shown(report).join("\n\n")).join("\n\n"));
  for (const { name, count, network } of leftOut) {
    console.log(`without ${name}, tested on it: ${(100 * network.accuracy).toFixed(1)} % of ${count}`);
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
