import { cpus } from "node:os";
import { Command } from "commander";
import type { CellKind } from "../../cells/index.js";
import { benchStep, type StepBenchResult } from "../bench/step.js";
import { STEP_ENGINES, type StepEngine } from "../bench/steppers.js";
import { listOf, positiveInteger, positiveIntegers } from "../option-values.js";

interface StepOptions {
  readonly cell: readonly CellKind[];
  readonly hidden: readonly number[];
  readonly batch: readonly number[];
  readonly engine: readonly StepEngine[];
  readonly inputs: number;
  readonly rounds: number;
  readonly ms: number;
  readonly json?: boolean;
}

const CELLS = ["rnn", "gru", "lstm"] as const;

/** `eddy bench step`: what one step of a recurrent cell costs, in the kernel and in other engines. */
export function benchStepCommand(): Command {
  return new Command("step")
    .description("microseconds a step of a recurrent cell, in every engine, one thread each")
    .option("--cell <list>", CELLS.join(", "), listOf(CELLS), ["gru"])
    .option("--hidden <list>", "hidden units", positiveIntegers, [32, 64, 128, 256])
    .option("--batch <list>", "keys at a time", positiveIntegers, [1, 64])
    .option("--engine <list>", STEP_ENGINES.join(", "), listOf(STEP_ENGINES), [...STEP_ENGINES])
    .option("--inputs <n>", "inputs of the cell", positiveInteger, 8)
    .option("--rounds <n>", "rounds, in each of which all engines run", positiveInteger, 9)
    .option("--ms <n>", "milliseconds of an engine in a round", positiveInteger, 40)
    .option("--json", "one JSON object a line, for machines")
    .addHelpText("after", "\nExample:\n  eddy bench step --cell gru,lstm --hidden 32,64")
    .action(run);
}

async function run(options: StepOptions): Promise<void> {
  const results: StepBenchResult[] = [];
  let last: StepBenchResult | undefined;
  const print = (type: string, result: StepBenchResult) =>
    console.log(JSON.stringify({ type, bench: "step", ...result }));
  await benchStep({
    cells: options.cell,
    hidden: options.hidden,
    inputs: options.inputs,
    batches: options.batch,
    engines: options.engine,
    rounds: options.rounds,
    roundMs: options.ms,
    onMissing: (engine) => process.stderr.write(`bench step: ${engine} is not installed\n`),
    onResult(result) {
      results.push(result);
      // The last object is the one that says so.
      if (options.json && last) print("step", last);
      last = result;
    },
  });
  if (options.json) {
    if (last) print("result", last);
  } else console.log(table(results, options.engine));
}

/** A row per cell, size and batch; behind every other engine's time how often the kernel's goes into it. */
function table(results: readonly StepBenchResult[], engines: readonly StepEngine[]): string {
  const rows = new Map<string, Map<StepEngine, StepBenchResult>>();
  for (const result of results) {
    const { cell, hidden, batch } = result;
    const title = cell.padEnd(6) + String(hidden).padStart(6) + String(batch).padStart(7);
    const row = rows.get(title) ?? new Map<StepEngine, StepBenchResult>();
    rows.set(title, row.set(result.engine, result));
  }
  const header = `cell  ${"hidden".padStart(6)}${"keys".padStart(7)}${engines.map((engine) => engine.padStart(20)).join("")}`;
  const lines = [...rows].map(([title, row]) => {
    const kernel = row.get("kernel")?.microseconds;
    const cells = engines.map((engine) => {
      const time = row.get(engine)?.microseconds;
      if (time === undefined) return "-".padStart(20);
      const ratio = kernel === undefined || engine === "kernel" ? "" : ` (${(time / kernel).toFixed(1)}x)`;
      return (time.toPrecision(3) + ratio.padStart(9)).padStart(20);
    });
    return title + cells.join("");
  });
  const what = `microseconds an event, median of the rounds; ${cpus()[0]?.model ?? "unknown processor"}`;
  return [header, ...lines, what].join("\n");
}
