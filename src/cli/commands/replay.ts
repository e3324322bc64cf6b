import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Command } from "commander";
import { Learner, type ReplayRow, RowWriter, replay, replayLog } from "../../runtime/index.js";
import type { Pipeline } from "../../spec/index.js";
import type { LearningReport } from "../../stream/index.js";
import { MODELS_OPTION, readPipelines } from "../pipeline-files.js";
import { progress } from "../progress.js";
import { ReplayReport } from "../report/replay-report.js";
import { typedCommand, writeReport } from "../report/report-file.js";
import { wrongUse } from "../wrong-use.js";

interface ReplayCommandOptions {
  readonly input?: string;
  readonly output?: string;
  readonly data?: string;
  readonly learn?: boolean;
  readonly json?: boolean;
  readonly models?: string;
  readonly report?: string;
  readonly labels?: string;
}

/** `eddy replay`: a recording through the same stages, or a data directory's log again. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("run a pipeline over a recorded file, or repeat a data directory's log; no broker")
    .argument(
      "[pipeline]",
      "with --input: pipeline file (YAML); with --data: a pipeline's name, if there are several",
    )
    .option("--input <file>", "recording: CSV with a header, or NDJSON")
    .option("--data <dir>", "repeat this data directory's log from its oldest snapshot")
    .option(
      "--learn",
      "fine-tune as the pipeline's `learn` says, and wait for it: what would learning bring?",
    )
    .option("--output <file>", "one row per input row, CSV or .ndjson (default: standard output)")
    .option("--report <file>", "one HTML file with plots: forecasts, scores, alerts from near, learning")
    .option(
      "--labels <field>",
      "with --report: field of the recording that is above 0 where something was wrong",
    )
    .option(...MODELS_OPTION)
    .option("--json", "end with one JSON object for machines")
    .addHelpText(
      "after",
      "\nExamples:\n  eddy replay pipelines/machine-temperature.yaml --input temperature.csv --output out.csv" +
        "\n  eddy replay pump.yaml --input last-week.csv --output out.csv --report last-week.html" +
        "\n  eddy replay --data eddy-data --output again.csv",
    )
    .action(run);
}

async function run(file: string | undefined, options: ReplayCommandOptions): Promise<void> {
  const isLog = options.data !== undefined;
  if (isLog === (options.input !== undefined) || (!isLog && file === undefined)) {
    throw wrongUse("Cannot replay: expected PIPELINE.yaml --input FILE, or --data DIR");
  }
  const started = performance.now();
  const output = await openOutput(options.output);
  const writer = new RowWriter(options.output?.endsWith("json") ? "ndjson" : "csv", (text) =>
    output.write(text),
  );
  const bar = progress(process.stderr, {
    label: "replay",
    total: undefined,
    unit: "rows",
    silent: options.json ?? false,
  });
  const learner = new Learner();
  let report: ReplayReport | undefined;
  const reportOf = ({ targets, model }: Pipeline): void => {
    if (options.report !== undefined) report = new ReplayReport(targets, model.horizons[0] ?? 1);
  };
  const onLearning = (told: LearningReport): void => report?.learned(told);
  let rows = 0;
  let alerts = 0;
  let unknownSymbols = 0;
  /** Rows that Eddy itself failed at, and why it did at the first. */
  let faults = 0;
  let firstFault = "";
  /** Why the first row that made no event made none. */
  let unread: string | undefined;
  const onRow = (row: ReplayRow): void => {
    rows++;
    if (row["event"] === "raised") alerts++;
    if (row["note"] === "fault") faults++;
    writer.row(row);
  };
  try {
    if (options.data !== undefined) {
      await replayLog({
        data: options.data,
        name: file,
        trainer: learner,
        onPipeline: reportOf,
        onLearning,
        onRow: (row, event) => {
          onRow(row);
          report?.event(event);
          bar.update(rows);
        },
      });
    } else if (file !== undefined && options.input !== undefined) {
      const [pipeline] = await readPipelines([file], options);
      if (pipeline === undefined) return;
      const { learn = false } = options;
      reportOf(pipeline);
      const { labels } = options;
      const engines = { trainer: learner, fineTunes: learn, isPatient: learn };
      const counters = await replay({
        pipeline,
        input: options.input,
        engines,
        onLearning,
        onRow: (row, outcome, record) => {
          onRow(row);
          if ("sample" in outcome)
            report?.event(outcome, labels === undefined ? undefined : isSet(record[labels]));
          else {
            report?.rejected(outcome.note);
            unread ??= `${outcome.note}: ${outcome.detail}`;
          }
        },
        onProgress: (done) => bar.update(done),
      });
      unknownSymbols = counters.unknownSymbols;
      if (counters.firstFault !== undefined) firstFault = `; the first: ${counters.firstFault}`;
      if (counters.stepped === 0 && unread !== undefined) {
        process.stderr.write(`none of the ${rows} rows could be used; the first: ${unread}\n`);
      }
    }
  } finally {
    await learner.close();
    await output.end();
  }
  if (faults > 0)
    process.stderr.write(`${faults} rows were left out by a fault of Eddy's own${firstFault}\n`);
  if (report !== undefined && options.report !== undefined) {
    const subtitle = isLog ? `the log of ${options.data}, again` : `${options.input} through ${file}`;
    await writeReport(
      options.report,
      { title: "Eddy replay", subtitle, sections: report.sections() },
      typedCommand(),
    );
  }
  const seconds = (performance.now() - started) / 1000;
  const unknown = unknownSymbols > 0 ? `, ${unknownSymbols} unknown symbols` : "";
  bar.done(`${rows} rows, ${alerts} alerts${unknown}, ${seconds.toFixed(1)} s`);
  if (options.json) {
    const more = unknownSymbols > 0 ? { unknownSymbols } : {};
    console.log(JSON.stringify({ type: "result", rows, alerts, ...more, seconds }));
  }
}

/** A label of a recording: a number above 0, or a word for yes. */
function isSet(value: unknown): boolean {
  return Number(value) > 0 || value === true || value === "true";
}

/** Writes to a file, or to standard output. */
async function openOutput(
  file: string | undefined,
): Promise<{ write(text: string): void; end(): Promise<void> }> {
  if (file === undefined) {
    return { write: (text) => process.stdout.write(text), end: async () => {} };
  }
  const stream = createWriteStream(file);
  await once(stream, "open").catch((error: Error) => {
    throw new Error(`Cannot write ${file}: expected a writable file, found ${error.message}`);
  });
  return {
    write: (text) => stream.write(text),
    end: () =>
      new Promise((resolve, reject) =>
        stream.end((error?: Error | null) => (error ? reject(error) : resolve())),
      ),
  };
}
