import { KernelModel } from "../../cells/index.js";
import {
  analyzeModel,
  bestOrtRuntime,
  decodeModel,
  type Engine,
  kernelLacks,
  loadModelAs,
  OrtModel,
  ortRuntime,
  runSequence,
} from "../../onnx/index.js";
import { NumberWriter, readNumbers } from "./number-rows.js";

export interface RunOptions {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly engine: Engine;
  readonly onRow?: (done: number) => void;
}

export interface RunResult {
  readonly rows: number;
  readonly outputs: number;
  readonly engine: string;
}

/** Streams a CSV through a model, row by row, its state carried. */
export async function streamFile(bytes: Uint8Array, options: RunOptions): Promise<RunResult> {
  const { name, input, output, engine } = options;
  const model = await loadModelAs(bytes, { name, engine });
  try {
    const state = Float64Array.from(model.initialState ?? new Float64Array(model.stateSize));
    const answer = new Float64Array(model.outputs);
    const columns = header(outputName(bytes, name), model.outputs);
    // Opened once a row was read: a mistyped input leaves no output behind.
    let writer: NumberWriter | undefined;
    let done = 0;
    for await (const row of readNumbers(input, model.inputs)) {
      writer ??= new NumberWriter(output, columns);
      await model.step(answer, state, row);
      await writer.row(answer);
      options.onRow?.(++done);
    }
    writer ??= new NumberWriter(output, columns);
    await writer.end();
    return {
      rows: done,
      outputs: model.outputs,
      engine: model instanceof OrtModel ? model.engine : "kernel",
    };
  } finally {
    await model.close?.();
  }
}

/** Runs a whole CSV at once, also through what reads it from its end. */
export async function runWholeFile(bytes: Uint8Array, options: RunOptions): Promise<RunResult> {
  const { name, engine } = options;
  const analysis = analyzeModel(decodeModel(bytes, { name }), name);
  const { graph, axes } = analysis;
  const inputs = axes?.axes.reduce((size, axis, i) => {
    const isStep = i === axes.time || i === axes.batch;
    return isStep ? size : axis.reduce((product, factor) => product * factor.size, size);
  }, 1);
  const width = graph?.sizes[0] ?? inputs ?? lastSize(analysis.signature.input.shape);
  const rows: Float64Array[] = [];
  for await (const row of readNumbers(options.input, width)) rows.push(row);

  let outputs: readonly Float64Array[];
  let used: string = engine;
  if (engine === "kernel" || (engine === "auto" && graph)) {
    if (!graph) throw kernelLacks(analysis);
    const kernel = new KernelModel(graph, name);
    const all = kernel.run(Float64Array.from(rows.flatMap((row) => [...row])));
    const each = rows.map((_, t) =>
      Float64Array.from(all.subarray(t * kernel.outputs, (t + 1) * kernel.outputs)),
    );
    outputs = analysis.isLast ? each.slice(-1) : each;
    used = "kernel";
  } else {
    const runtime =
      engine === "auto" ? await bestOrtRuntime() : await ortRuntime(engine as "ort-web" | "ort-node");
    outputs = rows.length === 0 ? [] : await runSequence(runtime, bytes, analysis, rows);
    used = runtime.engine;
  }
  const O = outputs[0]?.length ?? graph?.sizes[graph.output] ?? 0;
  const writer = new NumberWriter(options.output, header(analysis.signature.output.name, O));
  for (const row of outputs) await writer.row(row);
  await writer.end();
  return { rows: outputs.length, outputs: O, engine: used };
}

function lastSize(shape: readonly (number | string)[]): number {
  const last = shape.at(-1);
  return typeof last === "number" ? last : 1;
}

function outputName(bytes: Uint8Array, name: string): string {
  return analyzeModel(decodeModel(bytes, { name }), name).signature.output.name;
}

function header(name: string, outputs: number): string[] {
  return outputs === 1 ? [name] : Array.from({ length: outputs }, (_, i) => `${name}_${i}`);
}
