/**
 * Writes small ONNX files, so that tests need neither a framework nor files of others. Field numbers as
 * in onnx.proto3.
 */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** TensorProto.DataType: 1 float32 (the default), 7 int64, 11 float64. */
  readonly type?: number;
}

export interface NodeSpec {
  readonly operator: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integers, texts, lists of either; a real number as `{ real }`. */
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
  readonly domain?: string;
}

export type AttributeSpec =
  | string
  | number
  | readonly number[]
  | readonly string[]
  | { readonly real: number }
  | { readonly tensor: WeightSpec };

export interface WeightSpec {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** TensorProto.DataType: 1 float32 (the default), 7 int64, 11 float64. */
  readonly type?: number;
}

export interface ModelSpec {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly weights?: Readonly<Record<string, WeightSpec>>;
  /** Default 14. */
  readonly opset?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The file's bytes; its operator set stands last, as exporters write it. */
export function buildModel(spec: ModelSpec): Uint8Array {
  const graph = message(
    ...spec.nodes.map((node) => field(1, nodeProto(node))),
    field(2, "graph"),
    ...Object.entries(spec.weights ?? {}).map(([name, weight]) => field(5, tensorProto(weight, name))),
    ...spec.inputs.map((input) => field(11, valueInfo(input))),
    ...spec.outputs.map((output) => field(12, valueInfo(output))),
  );
  return message(
    field(1, 8),
    field(2, "eddy-test"),
    field(3, "1.0"),
    field(7, graph),
    ...Object.entries(spec.metadata ?? {}).map(([key, value]) =>
      field(14, message(field(1, key), field(2, value))),
    ),
    field(8, message(field(2, spec.opset ?? 14))),
  );
}

/**
 * A tanh RNN with explicit state: x [time, batch, 2], h0 [1, batch, 3] -> y [time, 1, batch, 3], hn [1, batch, 3].
 * `changes` replaces parts of it.
 */
export function rnnSpec(changes: Partial<ModelSpec> = {}): ModelSpec {
  return {
    inputs: [
      { name: "x", shape: ["time", "batch", 2] },
      { name: "h0", shape: [1, "batch", 3] },
    ],
    outputs: [
      { name: "y", shape: ["time", 1, "batch", 3] },
      { name: "hn", shape: [1, "batch", 3] },
    ],
    nodes: [rnnNode()],
    weights: {
      W: { shape: [1, 3, 2], values: rnnW },
      R: { shape: [1, 3, 3], values: rnnR },
    },
    ...changes,
  };
}

export function rnnNode(changes: Partial<NodeSpec> = {}): NodeSpec {
  return {
    operator: "RNN",
    name: "rnn",
    inputs: ["x", "W", "R", "", "", "h0"],
    outputs: ["y", "hn"],
    attributes: { hidden_size: 3 },
    ...changes,
  };
}

/** Row-major [H, I] and [H, H]. */
export const rnnW = [0.5, -0.25, 0.125, 1, -0.75, 0.375];
export const rnnR = [0.5, -0.5, 0.25, 0.125, 0.5, -0.25, -0.375, 0.25, 0.75];

function nodeProto({
  operator,
  name = "",
  inputs,
  outputs,
  attributes = {},
  domain = "",
}: NodeSpec): Uint8Array {
  return message(
    ...inputs.map((input) => field(1, input)),
    ...outputs.map((output) => field(2, output)),
    field(3, name),
    field(4, operator),
    ...Object.entries(attributes).map(([key, value]) => field(5, attributeProto(key, value))),
    field(7, domain),
  );
}

function attributeProto(key: string, value: AttributeSpec): Uint8Array {
  if (typeof value === "number") return message(field(1, key), field(3, value), field(20, 2));
  if (typeof value === "string") return message(field(1, key), field(4, value), field(20, 3));
  if ("real" in value) {
    const bytes = new Uint8Array(Float32Array.of(value.real).buffer);
    return message(field(1, key), Uint8Array.of(2 * 8 + 5, ...bytes), field(20, 1));
  }
  if ("tensor" in value) return message(field(1, key), field(5, tensorProto(value.tensor, "")), field(20, 4));
  return message(
    field(1, key),
    ...value.map((item) => (typeof item === "number" ? field(8, item) : field(9, item))),
    field(20, typeof value[0] === "string" ? 8 : 7),
  );
}

function tensorProto({ shape, values, type = 1 }: WeightSpec, name: string): Uint8Array {
  const data =
    type === 7
      ? BigInt64Array.from(values, BigInt)
      : type === 11
        ? Float64Array.from(values)
        : Float32Array.from(values);
  return message(
    ...shape.map((size) => field(1, size)),
    field(2, type),
    field(8, name),
    field(9, new Uint8Array(data.buffer)),
  );
}

function valueInfo({ name, shape, type = 1 }: TensorSpec): Uint8Array {
  const dimensions = shape.map((size) =>
    field(1, message(typeof size === "number" ? field(1, size) : field(2, size))),
  );
  const tensor = message(field(1, type), field(2, message(...dimensions)));
  return message(field(1, name), field(2, message(field(1, tensor))));
}

export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(fields.flatMap((bytes) => [...bytes]));
}

export function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === "number") return Uint8Array.from([...varint(number * 8), ...varint(value)]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}
