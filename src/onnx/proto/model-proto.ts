import { problem } from "../../core/index.js";
import { decodeMessage, encodeMessage, type ProtoSchema } from "./proto-codec.js";

/*
 * Names and field numbers of ONNX's own schema, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 * (Copyright ONNX Project Contributors, Apache License 2.0). What is not listed is kept as it stands.
 */
const ONNX: ProtoSchema = {
  Model: {
    1: ["irVersion", "int"],
    2: ["producerName", "string"],
    3: ["producerVersion", "string"],
    7: ["graph", "Graph"],
    8: ["opsetImport", "OperatorSetId[]"],
    14: ["metadataProps", "StringStringEntry[]"],
  },
  OperatorSetId: { 1: ["domain", "string"], 2: ["version", "int"] },
  StringStringEntry: { 1: ["key", "string"], 2: ["value", "string"] },
  Graph: {
    1: ["node", "Node[]"],
    2: ["name", "string"],
    5: ["initializer", "Tensor[]"],
    11: ["input", "ValueInfo[]"],
    12: ["output", "ValueInfo[]"],
    13: ["valueInfo", "ValueInfo[]"],
    15: ["sparseInitializer", "SparseTensor[]"],
  },
  Node: {
    1: ["input", "string[]"],
    2: ["output", "string[]"],
    3: ["name", "string"],
    4: ["opType", "string"],
    5: ["attribute", "Attribute[]"],
    7: ["domain", "string"],
  },
  Attribute: {
    1: ["name", "string"],
    2: ["f", "float"],
    3: ["i", "int"],
    4: ["s", "bytes"],
    5: ["t", "Tensor"],
    6: ["g", "Graph"],
    7: ["floats", "float[]"],
    8: ["ints", "int[]"],
    9: ["strings", "bytes[]"],
    20: ["type", "int"],
  },
  Tensor: {
    1: ["dims", "int[]"],
    2: ["dataType", "int"],
    4: ["floatData", "float[packed]"],
    5: ["int32Data", "int[packed]"],
    7: ["int64Data", "int[packed]"],
    8: ["name", "string"],
    9: ["rawData", "bytes"],
    10: ["doubleData", "double[packed]"],
    11: ["uint64Data", "int[packed]"],
    13: ["externalData", "StringStringEntry[]"],
    14: ["dataLocation", "int"],
  },
  SparseTensor: { 1: ["values", "Tensor"] },
  ValueInfo: { 1: ["name", "string"], 2: ["type", "Type"] },
  Type: { 1: ["tensorType", "TensorType"] },
  TensorType: { 1: ["elemType", "int"], 2: ["shape", "Shape"] },
  Shape: { 1: ["dim", "Dimension[]"] },
  Dimension: { 1: ["dimValue", "int"], 2: ["dimParam", "string"] },
};

export interface StringEntry {
  key?: string;
  value?: string;
}

export interface TensorProto {
  dims: number[];
  /** TensorProto.DataType: 1 float32, 6 int32, 7 int64, 9 bool, 10 float16, 11 float64. */
  dataType?: number;
  floatData: number[];
  int32Data: number[];
  int64Data: number[];
  doubleData: number[];
  uint64Data: number[];
  /** Little-endian; instead of the arrays. */
  rawData?: Uint8Array;
  externalData: StringEntry[];
  /** 1: the data stand in another file. */
  dataLocation?: number;
  name?: string;
}

export interface AttributeProto {
  name?: string;
  /** AttributeProto.AttributeType: 1 f, 2 i, 3 s, 4 t, 5 g, 6 floats, 7 ints, 8 strings. */
  type?: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats: number[];
  ints: number[];
  strings: Uint8Array[];
}

export interface NodeProto {
  /** Names of values; an omitted optional one is empty. */
  input: string[];
  output: string[];
  name?: string;
  opType?: string;
  /** Empty for the standard's own operators. */
  domain?: string;
  attribute: AttributeProto[];
}

export interface DimensionProto {
  dimValue?: number;
  dimParam?: string;
}

export interface ValueInfoProto {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim: DimensionProto[] } } };
}

export interface GraphProto {
  /** In an order in which they can be executed. */
  node: NodeProto[];
  name?: string;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
  sparseInitializer: { values?: TensorProto }[];
}

export interface ModelProto {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  graph: GraphProto;
  opsetImport: { domain?: string; version?: number }[];
  metadataProps: StringEntry[];
}

/**
 * Reads an ONNX file. Weights in `rawData` are views of the file's bytes.
 *
 * @param options.name names the file in errors
 * @throws SyntaxError code `ONNX_UNREADABLE` when it is empty, cut off, or something else
 */
export function decodeModel(bytes: Uint8Array, options: { readonly name: string }): ModelProto {
  const unreadable = (expected: string, found: string, cause?: unknown) =>
    problem(SyntaxError, {
      code: "ONNX_UNREADABLE",
      action: "read",
      on: `ONNX model "${options.name}"`,
      expected,
      found,
      cause,
    });
  if (bytes.length === 0) throw unreadable("an ONNX model", "an empty file");
  let model: Partial<ModelProto>;
  try {
    model = decodeMessage(ONNX, "Model", bytes) as Partial<ModelProto>;
  } catch (cause) {
    const found = `bytes that are none, or cut off (${cause instanceof Error ? cause.message : cause})`;
    throw unreadable("an ONNX model", found, cause);
  }
  if (model.graph === undefined) throw unreadable("a graph", "none: not an ONNX model, or cut off");
  if (!model.opsetImport?.length) throw unreadable("an operator-set version", "none: cut off");
  return model as ModelProto;
}

/** The file's bytes; what of it Eddy does not know stands in it again. */
export function encodeModel(model: ModelProto): Uint8Array {
  return encodeMessage(ONNX, "Model", model);
}

/** Version of the standard's own operators; 1 if the model names none. */
export function opsetOf(model: ModelProto): number {
  const own = model.opsetImport.find(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  return own?.version ?? 1;
}

/** `GRU /rnn/GRU`, as errors name a node; one without a name is called by its first output. */
export function nodeName(node: NodeProto): string {
  const domain = node.domain && node.domain !== "ai.onnx" ? `${node.domain}.` : "";
  return `${domain}${node.opType ?? ""} ${node.name || node.output.find((name) => name !== "") || ""}`.trim();
}
