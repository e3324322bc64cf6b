import { KernelModel, type RecurrentModel } from "../cells/index.js";
import { problem } from "../core/index.js";
import { requireStreams } from "./adopt-model.js";
import { type Analysis, analyzeModel } from "./analyze-model.js";
import { openOrtModel } from "./ort/ort-model.js";
import { bestOrtRuntime, ortRuntime } from "./ort/ort-runtime.js";
import { decodeModel } from "./proto/model-proto.js";

/** What runs a model; `auto`: the kernel where the whole graph fits it, else the faster ONNX Runtime there is. */
export type Engine = "auto" | "kernel" | "ort-web" | "ort-node";

export interface LoadModelOptions {
  /** The checkpoint's name, as it stands in predictions and errors. */
  readonly name: string;
  /** Default `auto`. */
  readonly engine?: Engine;
  /** Whoever runs it has whole sequences: it may read them from their end, if the kernel runs it. Default false. */
  readonly wholeSequences?: boolean;
}

/**
 * Opens any recurrent ONNX model, to be stepped one event at a time, whether its state is explicit or not.
 *
 * @param bytes the file; free for the caller's use afterwards
 * @throws SyntaxError code `ONNX_UNREADABLE`: not an ONNX model, cut off, or with operators unknown here
 * @throws TypeError code `ONNX_NOT_STREAMABLE`: it cannot be stepped: which node, and why
 * @throws TypeError code `KERNEL_LACKS` with the engine `kernel`: which node the kernel cannot run, and why
 * @throws Error code `ENGINE_MISSING` with the engine `ort-node` where it is not installed
 */
export async function loadModelAs(bytes: Uint8Array, options: LoadModelOptions): Promise<RecurrentModel> {
  const { name, engine = "auto", wholeSequences = false } = options;
  if (engine === "ort-web" || engine === "ort-node")
    return openOrtModel(await ortRuntime(engine), bytes, name);
  const analysis = analyzeModel(decodeModel(bytes, options), name);
  if (!wholeSequences || analysis.graph === undefined) requireStreams(analysis);
  if (analysis.graph) return new KernelModel(analysis.graph, name);
  if (engine === "kernel") throw kernelLacks(analysis);
  return openOrtModel(await bestOrtRuntime(), bytes, name);
}

export function kernelLacks({ lack, description }: Analysis): Error {
  return problem(TypeError, {
    code: "KERNEL_LACKS",
    action: "run in the kernel",
    on: `ONNX model "${description.name}"`,
    expected: "a graph of what it has",
    found: lack ? `the node ${lack.node}: ${lack.reason}` : "another",
  });
}
