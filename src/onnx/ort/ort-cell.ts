import type { Tensor } from "onnxruntime-web/wasm";
import { type CellSpec, cellModel } from "../cell-model.js";
import { nativeRuntime, type OrtEngine, ortRuntime } from "./ort-runtime.js";

/** A cell in an ONNX Runtime session, stepped B keys at a time, its state fed back from run to run. */
export interface OrtCell {
  /** (x, state) -> state'; returns h', [B, H]. */
  step(x: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Opens a session of one thread with a single recurrent node: what a step costs in ONNX Runtime at least.
 *
 * @returns undefined when the engine is not installed
 */
export async function openOrtCell(
  engine: OrtEngine,
  spec: CellSpec,
  batch: number,
): Promise<OrtCell | undefined> {
  const runtime = engine === "ort-node" ? await nativeRuntime() : await ortRuntime(engine);
  if (runtime === undefined) return undefined;
  const TensorClass = runtime.Tensor;
  const session = await runtime.open(cellModel(spec, batch));
  const input = new TensorClass("float32", new Float32Array(batch * spec.inputs), [1, batch, spec.inputs]);
  const feeds: Record<string, Tensor> = { x: input };
  const states = spec.cell === "lstm" ? ["h", "c"] : ["h"];
  for (const state of states) {
    const zeros = new Float32Array(batch * spec.hidden);
    feeds[`${state}0`] = new TensorClass("float32", zeros, [1, batch, spec.hidden]);
  }
  return {
    async step(x) {
      (input.data as Float32Array).set(x);
      const results = await session.run(feeds);
      for (const state of states) feeds[`${state}0`] = results[state]!;
      return results["h"]!.data as Float32Array;
    },
    release: () => session.release(),
  };
}
