import type { InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { problem } from "../../core/index.js";

/** Which build of ONNX Runtime: WebAssembly, or native code where it is installed. */
export type OrtEngine = "ort-web" | "ort-node";

/** What Eddy needs of either. */
export interface OrtRuntime {
  readonly engine: OrtEngine;
  readonly Tensor: typeof Tensor;
  open(bytes: Uint8Array): Promise<InferenceSession>;
}

/** ONNX Runtime's log level at which only what is fatal is printed: the rest comes as an exception. */
export const FATAL = 4;

/** One thread, nothing printed; loaded with the first model: onnxruntime-web is 14 MB of WebAssembly. */
export async function ortRuntime(engine: OrtEngine): Promise<OrtRuntime> {
  if (engine === "ort-web") {
    const { env, InferenceSession, Tensor } = await import("onnxruntime-web/wasm");
    env.wasm.numThreads = 1;
    env.logLevel = "fatal";
    return { engine, Tensor, open: (bytes) => InferenceSession.create(bytes, { logSeverityLevel: FATAL }) };
  }
  const native = await nativeRuntime();
  if (native) return native;
  throw problem(Error, {
    code: "ENGINE_MISSING",
    action: "load engine",
    on: "ort-node",
    expected: "the optional package onnxruntime-node",
    found: "that it is not installed, or not for this machine",
  });
}

/** The fastest that is here: native code, else WebAssembly. */
export async function bestOrtRuntime(): Promise<OrtRuntime> {
  return (await nativeRuntime()) ?? ortRuntime("ort-web");
}

/** undefined where it is not installed. */
export async function nativeRuntime(): Promise<OrtRuntime | undefined> {
  try {
    const { env, InferenceSession, Tensor } = await import("onnxruntime-node");
    env.logLevel = "fatal";
    const options = { logSeverityLevel: FATAL, intraOpNumThreads: 1, interOpNumThreads: 1 } as const;
    return { engine: "ort-node", Tensor, open: (bytes) => InferenceSession.create(bytes, options) };
  } catch {
    // A missing package, or one without a binary for this machine: it is optional.
    return undefined;
  }
}
