import { problem } from "../core/index.js";
import { protoFields } from "./protobuf.js";

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
 * Reads what an ONNX file says of itself, without ONNX Runtime. Field numbers are those of the
 * standard's onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 *
 * @param options.name names the file in errors
 * @throws SyntaxError code `ONNX_UNREADABLE` when it is empty, cut off, or something else
 */
export function describeModel(bytes: Uint8Array, options: { readonly name: string }): ModelDescription {
  return new Reader(`ONNX model "${options.name}"`).model(bytes, options.name);
}

class Reader {
  readonly #file: string;
  readonly #decoder = new TextDecoder();

  constructor(file: string) {
    this.#file = file;
  }

  /** ModelProto */
  model(bytes: Uint8Array, name: string): ModelDescription {
    if (bytes.length === 0) throw this.#unreadable("an ONNX model", "an empty file");
    let irVersion = 0;
    let producer = "";
    let producerVersion = "";
    let graph: Uint8Array | undefined;
    const opsets: Record<string, number> = {};
    const metadata: Record<string, string> = {};
    for (const field of protoFields(bytes, this.#file)) {
      if (field.number === 1) irVersion = field.integer;
      else if (field.number === 2) producer = this.#text(field.bytes);
      else if (field.number === 3) producerVersion = this.#text(field.bytes);
      else if (field.number === 7) graph = field.bytes;
      else if (field.number === 8) {
        const [domain, version] = this.#opset(field.bytes);
        opsets[domain] = version;
      } else if (field.number === 14) {
        const [key, value] = this.#pair(field.bytes);
        metadata[key] = value;
      }
    }
    if (graph === undefined) throw this.#unreadable("a graph", "none: not an ONNX model, or cut off");
    if (Object.keys(opsets).length === 0) throw this.#unreadable("an operator-set version", "none: cut off");
    return {
      name,
      irVersion,
      producer: `${producer} ${producerVersion}`.trim(),
      opsets,
      metadata,
      ...this.#graph(graph),
    };
  }

  /** GraphProto */
  #graph(bytes: Uint8Array): Pick<ModelDescription, "inputs" | "outputs" | "nodes"> {
    const inputs: TensorDescription[] = [];
    const outputs: TensorDescription[] = [];
    const nodes: NodeDescription[] = [];
    const weights = new Set<string>();
    for (const field of protoFields(bytes, this.#file)) {
      if (field.number === 1) nodes.push(this.#node(field.bytes));
      else if (field.number === 5) weights.add(this.#stringField(field.bytes, 8));
      else if (field.number === 11) inputs.push(this.#valueInfo(field.bytes));
      else if (field.number === 12) outputs.push(this.#valueInfo(field.bytes));
    }
    return { inputs: inputs.filter((input) => !weights.has(input.name)), outputs, nodes };
  }

  /** NodeProto */
  #node(bytes: Uint8Array): NodeDescription {
    let name = "";
    let operator = "";
    let direction = "forward";
    const inputs: string[] = [];
    const outputs: string[] = [];
    for (const field of protoFields(bytes, this.#file)) {
      if (field.number === 1) inputs.push(this.#text(field.bytes));
      else if (field.number === 2) outputs.push(this.#text(field.bytes));
      else if (field.number === 3) name = this.#text(field.bytes);
      else if (field.number === 4) operator = this.#text(field.bytes);
      else if (field.number === 5 && this.#stringField(field.bytes, 1) === "direction") {
        direction = this.#stringField(field.bytes, 4);
      }
    }
    return { name, operator, inputs, outputs, direction };
  }

  /** ValueInfoProto, and in it TypeProto, TypeProto.Tensor, TensorShapeProto and its dimensions */
  #valueInfo(bytes: Uint8Array): TensorDescription {
    const tensor = this.#message(this.#message(bytes, 2), 1);
    if (tensor === undefined) {
      return { name: this.#stringField(bytes, 1), type: "not a tensor", shape: [] };
    }
    let type = 0;
    const shape: (number | string)[] = [];
    for (const field of protoFields(tensor, this.#file)) {
      if (field.number === 1) type = field.integer;
      else if (field.number === 2) {
        for (const dimension of protoFields(field.bytes, this.#file)) {
          if (dimension.number === 1) shape.push(this.#dimension(dimension.bytes));
        }
      }
    }
    return { name: this.#stringField(bytes, 1), type: TYPES[type] ?? `type ${type}`, shape };
  }

  #dimension(bytes: Uint8Array): number | string {
    for (const field of protoFields(bytes, this.#file)) {
      if (field.number === 1) return field.integer;
      if (field.number === 2) return this.#text(field.bytes) || "?";
    }
    return "?";
  }

  /** OperatorSetIdProto */
  #opset(bytes: Uint8Array): [domain: string, version: number] {
    let version = 0;
    for (const field of protoFields(bytes, this.#file)) if (field.number === 2) version = field.integer;
    return [this.#stringField(bytes, 1) || "ai.onnx", version];
  }

  /** StringStringEntryProto */
  #pair(bytes: Uint8Array): [key: string, value: string] {
    return [this.#stringField(bytes, 1), this.#stringField(bytes, 2)];
  }

  #message(bytes: Uint8Array | undefined, number: number): Uint8Array | undefined {
    if (bytes === undefined) return undefined;
    for (const field of protoFields(bytes, this.#file)) if (field.number === number) return field.bytes;
    return undefined;
  }

  #stringField(bytes: Uint8Array, number: number): string {
    const found = this.#message(bytes, number);
    return found === undefined ? "" : this.#text(found);
  }

  #text(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes);
  }

  #unreadable(expected: string, found: string): Error {
    return problem(SyntaxError, { code: "ONNX_UNREADABLE", action: "read", on: this.#file, expected, found });
  }
}

/** `input float32 [batch, time, 4]`, as errors and `eddy model inspect` write it. */
export function formatTensor(tensor: TensorDescription): string {
  return `${tensor.name} ${tensor.type} [${tensor.shape.join(", ")}]`;
}
