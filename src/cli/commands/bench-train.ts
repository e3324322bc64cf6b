import { cpus } from "node:os";
import { Command } from "commander";
import type { CellKind } from "../../cells/index.js";
import { benchTrain, type TrainBenchResult } from "../bench/train.js";
import { TRAIN_ENGINES, type TrainEngine } from "../bench/train-engine.js";
import { openTrainEngine } from "../bench/train-engines.js";
import { listOf, positiveInteger, positiveIntegers } from "../option-values.js";

interface TrainOptions {
  readonly cell: readonly CellKind[];
  readonly hidden: readonly number[];
  readonly batch: readonly number[];
  readonly engine: readonly TrainEngine["name"][];
  readonly rounds: number;
  readonly ms: number;
  readonly json?: boolean;
}

const CELLS = ["rnn", "gru", "lstm"] as const;
const WIDTH = 18;

/** `eddy bench train`: how fast networks learn, in the kernel and elsewhere. */
export function benchTrainCommand(): Command {
  return new Command("train")
    .description(
      "time steps a second of training: 64 steps of 8 inputs, BPTT, clipping, Adam; one thread each",
    )
    .option("--cell <list>", CELLS.join(", "), listOf(CELLS), ["gru", "lstm"])
    .option("--hidden <list>", "hidden units", positiveIntegers, [32, 64, 128])
    .option("--batch <list>", "sequences at a time", positiveIntegers, [1, 8, 32])
    .option("--engine <list>", TRAIN_ENGINES.join(", "), listOf(TRAIN_ENGINES), ["kernel", "pytorch"])
    .option("--rounds <n>", "rounds, in each of which all engines run", positiveInteger, 7)
    .option("--ms <n>", "milliseconds of an engine in a round", positiveInteger, 100)
    .option("--json", "one JSON object a line, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench train --cell gru --hidden 64 --batch 8")
    .action(run);
}

async function run(options: TrainOptions): Promise<void> {
  const engines: TrainEngine[] = [];
  for (const name of options.engine) {
    const engine = await openTrainEngine(name);
    if (typeof engine !== "string") engines.push(engine);
    else process.stderr.write(`bench train: without ${name}: ${engine}\n`);
  }
  let last: TrainBenchResult | undefined;
  const print = (type: string, result: TrainBenchResult) =>
    console.log(JSON.stringify({ type, bench: "train", ...result }));
  if (!options.json) console.log(header(engines));
  try {
    await benchTrain({
      cells: options.cell,
      hidden: options.hidden,
      batches: options.batch,
      rounds: options.rounds,
      seconds: options.ms / 1000,
      engines,
      onResults(results) {
        if (!options.json) console.log(row(results));
        for (const result of results) {
          // The last object is the one that says so.
          if (options.json && last) print("train", last);
          last = result;
        }
      },
    });
  } finally {
    for (const engine of engines) engine.close();
  }
  if (options.json && last) print("result", last);
  else
    console.log(
      `thousand time steps a second, median of the rounds; ${cpus()[0]?.model ?? "unknown processor"}`,
    );
}

function header(engines: readonly TrainEngine[]): string {
  const names = engines.map(({ name }) => name.padStart(WIDTH)).join("");
  return `cell  ${"hidden".padStart(6)}${"batch".padStart(7)}${names}`;
}

/** Behind our own speed its share of the SIMD peak, behind another's how often it goes into ours. */
function row(results: readonly TrainBenchResult[]): string {
  const [first] = results;
  if (first === undefined) return "";
  const kernel = results.find(({ engine }) => engine === "kernel")?.stepsPerSecond;
  const cells = results.map(({ stepsPerSecond, peakShare }) => {
    const beside =
      peakShare !== undefined
        ? ` (${(100 * peakShare).toFixed(0)} %)`
        : kernel !== undefined
          ? ` (${times(kernel / stepsPerSecond)}x)`
          : "";
    return ((stepsPerSecond / 1000).toPrecision(3) + beside.padStart(8)).padStart(WIDTH);
  });
  return (
    first.cell.padEnd(6) + String(first.hidden).padStart(6) + String(first.batch).padStart(7) + cells.join("")
  );
}

function times(ratio: number): string {
  return ratio < 100 ? ratio.toPrecision(2) : ratio.toFixed(0);
}
