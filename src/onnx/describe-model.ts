import { Attributes } from "./proto/attributes.js";
import { decodeModel, type ModelProto, type ValueInfoProto } from "./proto/model-proto.js";

/** A graph's input or output. */
export interface TensorDescription {
  readonly name: string;
  /** `float32`, `int64`, ...; `not a tensor` for sequences and maps. */
  readonly type: string;
  /** A number where the size is fixed, a name where it is not (`?` if it has none). */
  readonly shape: readonly (number | string)[];
}

export interface NodeDescription {
  readonly name: string;
  /** Operator: `GRU`, `Gemm`, ... */
  readonly operator: string;
  /** Names of values; an omitted optional input is empty. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of recurrent nodes: `forward`, `reverse` or `bidirectional`. */
  readonly direction: string;
}

/** What stands in an ONNX file, weights aside. */
export interface ModelDescription {
  readonly name: string;
  readonly irVersion: number;
  /** Who wrote it: `pytorch 1.13.0`. */
  readonly producer: string;
  /** Operator-set version by domain; the standard's own is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** What must be fed: weights that old files list among the inputs are left out. */
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  /** In the order of execution. */
  readonly nodes: readonly NodeDescription[];
  /** `metadata_props`, where Eddy keeps its own. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** TensorProto.DataType, in the order of its numbers. */
const TYPES =
  "undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 bfloat16".split(
    " ",
  );

/**
 * Reads what an ONNX file says of itself, without ONNX Runtime.
 *
 * @param options.name names the file in errors
 * @throws SyntaxError code `ONNX_UNREADABLE` when it is empty, cut off, or something else
 */
export function describeModel(bytes: Uint8Array, options: { readonly name: string }): ModelDescription {
  return describe(decodeModel(bytes, options), options.name);
}

/** The same of a model that was decoded already. */
export function describe(model: ModelProto, name: string): ModelDescription {
  const { graph } = model;
  const weights = new Set(graph.initializer.map((tensor) => tensor.name ?? ""));
  return {
    name,
    irVersion: model.irVersion ?? 0,
    producer: `${model.producerName ?? ""} ${model.producerVersion ?? ""}`.trim(),
    opsets: Object.fromEntries(
      model.opsetImport.map(({ domain, version = 0 }) => [domain || "ai.onnx", version]),
    ),
    metadata: Object.fromEntries(model.metadataProps.map(({ key = "", value = "" }) => [key, value])),
    inputs: graph.input.map(describeTensor).filter((input) => !weights.has(input.name)),
    outputs: graph.output.map(describeTensor),
    nodes: graph.node.map((node) => ({
      name: node.name ?? "",
      operator: node.opType ?? "",
      inputs: node.input,
      outputs: node.output,
      direction: new Attributes(node).text("direction", "forward"),
    })),
  };
}

function describeTensor({ name = "", type }: ValueInfoProto): TensorDescription {
  const tensor = type?.tensorType;
  if (tensor === undefined) return { name, type: "not a tensor", shape: [] };
  const { elemType = 0, shape } = tensor;
  return {
    name,
    type: TYPES[elemType] ?? `type ${elemType}`,
    shape: (shape?.dim ?? []).map(({ dimValue = 0, dimParam }) =>
      dimValue > 0 ? dimValue : dimParam || "?",
    ),
  };
}

/** `input float32 [batch, time, 4]`, as errors and `eddy model inspect` write it. */
export function formatTensor(tensor: TensorDescription): string {
  return `${tensor.name} ${tensor.type} [${tensor.shape.join(", ")}]`;
}
