import { KernelModel, type RecurrentModel } from "../cells/index.js";
import { Rng } from "../core/index.js";
import { analyzeModel } from "./analyze-model.js";
import { kernelLacks } from "./load-model-as.js";
import { openOrtModel } from "./ort/ort-model.js";
import type { OrtRuntime } from "./ort/ort-runtime.js";
import { runSequence } from "./ort/run-sequence.js";
import { decodeModel } from "./proto/model-proto.js";

/** |a - b| may be this times max(1, |b|). */
export const COMPARE_TOLERANCE = 1e-5;

export interface Comparison {
  readonly steps: number;
  /** max |kernel - ONNX Runtime| */
  readonly largestDifference: number;
  /** max |kernel - ONNX Runtime| / max(1, |ONNX Runtime|) */
  readonly largestError: number;
  /** Time step and element of the largest error. */
  readonly at: readonly [step: number, element: number];
  readonly agrees: boolean;
  /** False when the model cannot be streamed: both ran the whole sequence at once. */
  readonly isStreamed: boolean;
}

/**
 * Runs the same random input, standard normal, through the kernel and through ONNX Runtime.
 *
 * @throws TypeError code `KERNEL_LACKS` when the kernel cannot run the model
 */
export async function compareEngines(
  bytes: Uint8Array,
  runtime: OrtRuntime,
  options: { readonly name: string; readonly steps: number; readonly seed: number },
): Promise<Comparison> {
  const { name, steps, seed } = options;
  const analysis = analyzeModel(decodeModel(bytes, options), name);
  if (!analysis.graph) throw kernelLacks(analysis);
  const kernel = new KernelModel(analysis.graph, name);
  const rng = new Rng(seed);
  const rows = Array.from({ length: steps }, () =>
    Float64Array.from({ length: kernel.inputs }, () => rng.normal()),
  );
  const isStreamed = analysis.obstacle === undefined;
  let ours: readonly Float64Array[];
  let theirs: readonly Float64Array[];
  if (isStreamed) {
    const ort = await openOrtModel(runtime, bytes, name);
    ours = await stepAll(kernel, rows);
    theirs = await stepAll(ort, rows);
    await ort.close();
  } else {
    const all = kernel.run(Float64Array.from(rows.flatMap((row) => [...row])));
    const outputs = rows.map((_, t) =>
      Float64Array.from(all.subarray(t * kernel.outputs, (t + 1) * kernel.outputs)),
    );
    ours = analysis.isLast ? outputs.slice(-1) : outputs;
    theirs = await runSequence(runtime, bytes, analysis, rows);
  }
  return { ...difference(ours, theirs), steps, isStreamed };
}

async function stepAll(model: RecurrentModel, rows: readonly Float64Array[]): Promise<Float64Array[]> {
  const state = Float64Array.from(model.initialState ?? new Float64Array(model.stateSize));
  const outputs: Float64Array[] = [];
  for (const row of rows) {
    const output = new Float64Array(model.outputs);
    await model.step(output, state, row);
    outputs.push(output);
  }
  return outputs;
}

function difference(
  ours: readonly Float64Array[],
  theirs: readonly Float64Array[],
): Pick<Comparison, "largestDifference" | "largestError" | "at" | "agrees"> {
  let largestDifference = 0;
  let largestError = 0;
  let at: [number, number] = [0, 0];
  let isComplete = ours.length === theirs.length;
  for (const [t, row] of ours.entries()) {
    const other = theirs[t] ?? new Float64Array(0);
    isComplete &&= row.length === other.length;
    for (const [i, value] of row.entries()) {
      const expected = other[i] ?? Number.NaN;
      if (Object.is(value, expected)) continue;
      const off = Math.abs(value - expected);
      const error = off / Math.max(1, Math.abs(expected));
      if (!(off <= largestDifference)) largestDifference = off;
      if (error <= largestError) continue;
      largestError = error;
      at = [t, i];
      if (Number.isNaN(error)) return { largestDifference, largestError, at, agrees: false };
    }
  }
  return { largestDifference, largestError, at, agrees: isComplete && largestError <= COMPARE_TOLERANCE };
}
