import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Command } from "commander";
import { Learner, type ReplayRow, RowWriter, replay, replayLog } from "../../runtime/index.js";
import { MODELS_OPTION, readPipelines } from "../pipeline-files.js";
import { progress } from "../progress.js";
import { wrongUse } from "../wrong-use.js";

interface ReplayCommandOptions {
  readonly input?: string;
  readonly output?: string;
  readonly data?: string;
  readonly learn?: boolean;
  readonly json?: boolean;
  readonly models?: string;
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
    .option(...MODELS_OPTION)
    .option("--json", "end with one JSON object for machines")
    .addHelpText(
      "after",
      "\nExamples:\n  eddy replay pipelines/machine-temperature.yaml --input temperature.csv --output out.csv" +
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
  let rows = 0;
  let alerts = 0;
  let unknownSymbols = 0;
  const onRow = (row: ReplayRow): void => {
    rows++;
    if (row["event"] === "raised") alerts++;
    writer.row(row);
  };
  try {
    if (options.data !== undefined) {
      await replayLog({ data: options.data, name: file, trainer: learner, onRow });
    } else if (file !== undefined && options.input !== undefined) {
      const [pipeline] = await readPipelines([file], options);
      if (pipeline === undefined) return;
      const { learn = false } = options;
      const engines = { trainer: learner, fineTunes: learn, isPatient: learn };
      const counters = await replay({
        pipeline,
        input: options.input,
        engines,
        onRow,
        onProgress: (done) => bar.update(done),
      });
      unknownSymbols = counters.unknownSymbols;
    }
  } finally {
    await learner.close();
    await output.end();
  }
  const seconds = (performance.now() - started) / 1000;
  const unknown = unknownSymbols > 0 ? `, ${unknownSymbols} unknown symbols` : "";
  bar.done(`${rows} rows, ${alerts} alerts${unknown}, ${seconds.toFixed(1)} s`);
  if (options.json) {
    const more = unknownSymbols > 0 ? { unknownSymbols } : {};
    console.log(JSON.stringify({ type: "result", rows, alerts, ...more, seconds }));
  }
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
