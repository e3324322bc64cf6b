import type { Tensor } from "onnxruntime-web/wasm";
import type { CellKind, CellWeights } from "../../cells/index.js";
import { makeModel, makeNode, makeValueInfo } from "../proto/make-proto.js";
import { encodeModel } from "../proto/model-proto.js";
import { recurrentAttributes, recurrentWeights } from "../write-recurrent.js";
import type { OrtRuntime } from "./ort-runtime.js";

/** A recurrent cell, as PyTorch lays it out. */
export interface CellSpec {
  readonly cell: CellKind;
  readonly inputs: number;
  readonly hidden: number;
  readonly weights: CellWeights;
}

/** A cell in an ONNX Runtime session, stepped B keys at a time, its state fed back from run to run. */
export interface OrtCell {
  /**
   * (x, state) -> state'
   *
   * @param x [B, I]
   * @returns h', [B, H]
   */
  step(x: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Opens a session with a single recurrent node: the least that a step costs in ONNX Runtime. */
export async function openOrtCell(runtime: OrtRuntime, spec: CellSpec, batch: number): Promise<OrtCell> {
  const { inputs: I, hidden: H } = spec;
  const states = spec.cell === "lstm" ? ["h", "c"] : ["h"];
  const session = await runtime.open(cellModel(spec, batch, states));
  const input = new runtime.Tensor("float32", new Float32Array(batch * I), [1, batch, I]);
  const feeds: Record<string, Tensor> = { x: input };
  for (const state of states) {
    feeds[`${state}0`] = new runtime.Tensor("float32", new Float32Array(batch * H), [1, batch, H]);
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

/** x [1, B, I], h0 (and c0) [1, B, H] -> h (and c) [1, B, H] */
function cellModel(spec: CellSpec, batch: number, states: readonly string[]): Uint8Array {
  const { cell, inputs, hidden } = spec;
  const given = states.map((state) => `${state}0`);
  const stateInfo = (name: string) => makeValueInfo(name, [1, batch, hidden]);
  return encodeModel(
    makeModel({
      name: cell,
      nodes: [
        makeNode(
          cell.toUpperCase(),
          ["x", "W", "R", "B", "", ...given],
          ["", ...states],
          recurrentAttributes({ cell, hidden, direction: "forward" }),
        ),
      ],
      weights: new Map(Object.entries(recurrentWeights(spec))),
      inputs: [makeValueInfo("x", [1, batch, inputs]), ...given.map(stateInfo)],
      outputs: states.map(stateInfo),
    }),
  );
}
