import type { CellKind, CellWeights } from "../cells/index.js";
import { makeModel, makeNode, makeValueInfo } from "./proto/make-proto.js";
import { encodeModel } from "./proto/model-proto.js";
import type { Tensor } from "./proto/tensor.js";
import { recurrentAttributes, recurrentWeights } from "./write-recurrent.js";

/** A recurrent cell, as PyTorch lays it out. */
export interface CellSpec {
  readonly cell: CellKind;
  readonly inputs: number;
  readonly hidden: number;
  readonly weights: CellWeights;
}

/**
 * An ONNX file with one recurrent node whose state is explicit:
 * x [1, B, I], h0 (and c0) [1, B, H] -> h (and c) [1, B, H].
 */
export function cellModel(spec: CellSpec, batch: number): Uint8Array {
  const { cell, inputs, hidden } = spec;
  const states = cell === "lstm" ? ["h", "c"] : ["h"];
  const given = states.map((state) => `${state}0`);
  const { W, R, B } = recurrentWeights(spec);
  const attributes = recurrentAttributes({ ...spec, direction: "forward" });
  const node = makeNode(cell.toUpperCase(), ["x", "W", "R", "B", "", ...given], ["", ...states], attributes);
  const state = (name: string) => makeValueInfo(name, [1, batch, hidden]);
  return encodeModel(
    makeModel({
      name: cell,
      nodes: [node],
      weights: new Map<string, Tensor>([
        ["W", W],
        ["R", R],
        ["B", B],
      ]),
      inputs: [makeValueInfo("x", [1, batch, inputs]), ...given.map(state)],
      outputs: states.map(state),
    }),
  );
}
