import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { Command, Option } from "commander";
import {
  adoptModel,
  COMPARE_TOLERANCE,
  compareEngines,
  type Engine,
  inspectModel,
  loadModelAs,
  type OrtEngine,
  ortRuntime,
} from "../../onnx/index.js";
import { readModelFile } from "../../runtime/index.js";
import { type RunOptions, runWholeFile, streamFile } from "../model/run-model.js";
import { showReport } from "../model/show-report.js";
import { signCommand, verifyCommand } from "../model/sign-model.js";
import { positiveInteger } from "../option-values.js";
import { progress } from "../progress.js";

interface Json {
  readonly json?: boolean;
}

/** `eddy model`: what is in an ONNX file, and what it gives. */
export function modelCommand(): Command {
  return new Command("model")
    .description("look into ONNX models, make their state explicit, stream through them")
    .addCommand(inspectCommand())
    .addCommand(adoptCommand())
    .addCommand(compareCommand())
    .addCommand(runCommand())
    .addCommand(signCommand())
    .addCommand(verifyCommand())
    .addHelpText(
      "after",
      "\nExamples:\n  eddy model inspect pump.onnx\n  eddy model adopt pump.onnx pump-stateful.onnx" +
        "\n  eddy model compare pump.onnx\n  eddy model run pump.onnx --input x.csv --output y.csv",
    );
}

function inspectCommand(): Command {
  return new Command("inspect")
    .description("cells, sizes, parameters, state, cost of a step, and which engine takes it")
    .argument("<file>", "ONNX model")
    .option("--json", "one JSON object for machines")
    .addHelpText("after", "\nExample:\n  eddy model inspect models/pump.onnx")
    .action(async (file: string, { json }: Json) => {
      const report = inspectModel(await readModelFile(file), { name: nameOf(file) });
      if (!json) console.log(showReport(report));
      else {
        const { description, ...rest } = report;
        const { nodes: _, ...described } = description;
        console.log(JSON.stringify({ type: "result", ...described, ...rest }));
      }
    });
}

function adoptCommand(): Command {
  return new Command("adopt")
    .description("make the state of every recurrent node an input and an output, for any ONNX Runtime")
    .argument("<in>", "ONNX model")
    .argument("<out>", "where to write the model with explicit state")
    .option("--json", "one JSON object for machines")
    .addHelpText("after", "\nExample:\n  eddy model adopt pump.onnx pump-stateful.onnx")
    .action(async (file: string, out: string, { json }: Json) => {
      const name = nameOf(file);
      const { bytes, added, isChanged, isFollowed } = adoptModel(await readModelFile(file), { name });
      // What cannot be read off the graph is tried.
      if (!isFollowed) await (await loadModelAs(bytes, { name, engine: "ort-web" })).close?.();
      await writeFile(out, bytes);
      if (json) {
        console.log(JSON.stringify({ type: "result", model: out, isChanged, states: added }));
        return;
      }
      for (const { input, output, shape, initial, node } of added) {
        const start = initial === "zeros" ? "zeros" : "given values";
        console.log(`${input} -> ${output} [${shape.join(", ")}], ${start} at first (${node})`);
      }
      if (!isChanged) console.log("its state was explicit already: copied as it is");
      console.log(`wrote ${out}`);
    });
}

function compareCommand(): Command {
  return new Command("compare")
    .description(
      `kernel against ONNX Runtime on random input; exit 1 beyond ${COMPARE_TOLERANCE} max(1, |y|)`,
    )
    .argument("<file>", "ONNX model")
    .addOption(engineOption(["ort-web", "ort-node"]).default("ort-web"))
    .option("--steps <n>", "time steps", positiveInteger, 256)
    .option("--seed <n>", "of the random input", positiveInteger, 1)
    .option("--json", "one JSON object for machines")
    .addHelpText("after", "\nExample:\n  eddy model compare pump.onnx --engine ort-node --steps 1000")
    .action(async (file: string, options: Json & { engine: OrtEngine; steps: number; seed: number }) => {
      const { engine, steps, seed, json } = options;
      const runtime = await ortRuntime(engine);
      const result = await compareEngines(await readModelFile(file), runtime, {
        name: nameOf(file),
        steps,
        seed,
      });
      if (json) console.log(JSON.stringify({ type: "result", engine, seed, ...result }));
      else {
        const [step, element] = result.at;
        const how = result.isStreamed ? "step by step" : "as a whole sequence";
        console.log(
          `${result.agrees ? "agree" : "DIFFER"}: kernel and ${engine}, ${steps} steps ${how}: largest difference ` +
            `${result.largestDifference.toExponential(2)} (step ${step}, element ${element})`,
        );
      }
      if (!result.agrees) process.exitCode = 1;
    });
}

interface RunCommandOptions extends Json {
  readonly input: string;
  readonly output: string;
  readonly engine: Engine;
  readonly wholeSequence?: boolean;
}

function runCommand(): Command {
  return new Command("run")
    .description("stream a CSV through a model: one row per time step, the state carried from row to row")
    .argument("<file>", "ONNX model, with explicit state or without")
    .requiredOption("--input <file>", "CSV: a header, then one row per time step, one column per input")
    .requiredOption(
      "--output <file>",
      "CSV: a header, then one row per time step, one column per output element",
    )
    .addOption(engineOption(["auto", "kernel", "ort-web", "ort-node"]).default("auto"))
    .option("--whole-sequence", "run all rows at once, for models that need the whole sequence")
    .option("--json", "end with one JSON object for machines")
    .addHelpText(
      "after",
      "\nExamples:\n  eddy model run pump.onnx --input x.csv --output y.csv" +
        "\n  eddy model run tagger.onnx --input x.csv --output y.csv --whole-sequence",
    )
    .action(async (file: string, options: RunCommandOptions) => {
      const { input, output, engine, wholeSequence, json } = options;
      const started = performance.now();
      const bytes = await readModelFile(file);
      const bar = progress(process.stderr, {
        label: "run",
        total: undefined,
        unit: "rows",
        silent: json ?? false,
      });
      const run: RunOptions = {
        name: nameOf(file),
        input,
        output,
        engine,
        onRow: (done) => bar.update(done),
      };
      const result = await (wholeSequence ? runWholeFile(bytes, run) : streamFile(bytes, run)).catch(
        (error) => {
          throw wholeSequence ? error : withHint(error);
        },
      );
      const seconds = (performance.now() - started) / 1000;
      bar.done(`${result.rows} rows, ${result.engine}, ${seconds.toFixed(1)} s`);
      if (json) console.log(JSON.stringify({ type: "result", ...result, seconds }));
    });
}

function engineOption(choices: readonly string[]): Option {
  return new Option("--engine <engine>", "what computes it").choices(choices);
}

/** What cannot be streamed can be run as a whole. */
function withHint(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error && error.code === "ONNX_NOT_STREAMABLE")) return error;
  return new Error(`${error.message}. --whole-sequence runs all rows at once`, { cause: error });
}

function nameOf(file: string): string {
  return basename(file, ".onnx");
}
