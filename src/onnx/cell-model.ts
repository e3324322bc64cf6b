import protobuf from "protobufjs/minimal.js";
import type { CellKind, CellWeights } from "../cells/index.js";

/** A recurrent cell, as PyTorch lays it out. */
export interface CellSpec {
  readonly cell: CellKind;
  readonly inputs: number;
  readonly hidden: number;
  readonly weights: CellWeights;
}

/** onnx.proto3's TensorProto.FLOAT, AttributeProto.INT. */
const FLOAT = 1;
const INT = 2;
const OPSET = 14;

/** Where ONNX's gates stand among PyTorch's: GRU z, r, h of r, z, n; LSTM i, o, f, c of i, f, g, o. */
const ORDER: Readonly<Record<CellKind, readonly number[]>> = { rnn: [0], gru: [1, 0, 2], lstm: [0, 3, 1, 2] };

/**
 * An ONNX file with one recurrent node whose state is explicit:
 * x [1, B, I], h0 (and c0) [1, B, H] -> h (and c) [1, B, H].
 */
export function cellModel({ cell, inputs: I, hidden: H, weights }: CellSpec, batch: number): Uint8Array {
  const states = cell === "lstm" ? ["h", "c"] : ["h"];
  const given = states.map((state) => `${state}0`);
  const rows = ORDER[cell].length * H;
  const bias = Float32Array.from([
    ...inOrder(cell, weights.biasIh, H, 1),
    ...inOrder(cell, weights.biasHh, H, 1),
  ]);
  const node = new protobuf.Writer();
  for (const name of ["x", "W", "R", "B", "", ...given]) node.uint32(tag(1)).string(name);
  for (const name of ["", ...states]) node.uint32(tag(2)).string(name);
  node.uint32(tag(4)).string(cell.toUpperCase());
  attribute(node, "hidden_size", H);
  if (cell === "gru") attribute(node, "linear_before_reset", 1);

  const graph = new protobuf.Writer();
  graph.uint32(tag(1)).bytes(node.finish());
  graph.uint32(tag(2)).string(cell);
  initializer(graph, "W", [1, rows, I], inOrder(cell, weights.weightIh, H, I));
  initializer(graph, "R", [1, rows, H], inOrder(cell, weights.weightHh, H, H));
  initializer(graph, "B", [1, 2 * rows], bias);
  tensor(graph, 11, "x", [1, batch, I]);
  for (const name of given) tensor(graph, 11, name, [1, batch, H]);
  for (const name of states) tensor(graph, 12, name, [1, batch, H]);

  const model = new protobuf.Writer();
  model.uint32(tag(1, 0)).uint32(8);
  model.uint32(tag(2)).string("eddy");
  model.uint32(tag(7)).bytes(graph.finish());
  model.uint32(tag(8)).fork().uint32(tag(2, 0)).uint32(OPSET).ldelim();
  return model.finish();
}

/** Blocks of H rows, PyTorch's order to ONNX's. */
function inOrder(cell: CellKind, values: Float32Array, H: number, columns: number): Float32Array {
  const size = H * columns;
  return Float32Array.from(
    ORDER[cell].flatMap((gate) => [...values.subarray(gate * size, (gate + 1) * size)]),
  );
}

/** A protobuf field's number with its wire type: 2, length-delimited, or 0, a varint. */
function tag(field: number, wireType = 2): number {
  return field * 8 + wireType;
}

function attribute(node: protobuf.Writer, name: string, value: number): void {
  node.uint32(tag(5)).fork();
  node.uint32(tag(1)).string(name).uint32(tag(3, 0)).uint32(value).uint32(tag(20, 0)).uint32(INT);
  node.ldelim();
}

function initializer(
  graph: protobuf.Writer,
  name: string,
  shape: readonly number[],
  values: Float32Array,
): void {
  graph.uint32(tag(5)).fork();
  for (const length of shape) graph.uint32(tag(1, 0)).uint32(length);
  graph.uint32(tag(2, 0)).uint32(FLOAT);
  graph.uint32(tag(8)).string(name);
  graph.uint32(tag(9)).bytes(new Uint8Array(values.buffer));
  graph.ldelim();
}

/** A graph's input (field 11) or output (field 12). */
function tensor(graph: protobuf.Writer, field: number, name: string, shape: readonly number[]): void {
  graph.uint32(tag(field)).fork().uint32(tag(1)).string(name);
  graph.uint32(tag(2)).fork().uint32(tag(1)).fork();
  graph.uint32(tag(1, 0)).uint32(FLOAT).uint32(tag(2)).fork();
  for (const length of shape) graph.uint32(tag(1)).fork().uint32(tag(1, 0)).uint32(length).ldelim();
  graph.ldelim().ldelim().ldelim().ldelim();
}
