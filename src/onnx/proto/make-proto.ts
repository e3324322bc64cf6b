import type { AttributeProto, DimensionProto, ModelProto, NodeProto, ValueInfoProto } from "./model-proto.js";
import { FLOAT32, type Tensor, writeTensor } from "./tensor.js";

/** Of the operators that Eddy writes; ONNX Runtime has known it since 2022. */
export const WRITTEN_OPSET = 17;
const IR_VERSION = 8;

export function makeNode(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attribute: readonly AttributeProto[] = [],
  name: string = output.find((value) => value !== "") ?? opType,
): NodeProto {
  return { input: [...input], output: [...output], name, opType, attribute: [...attribute] };
}

/** An input or output of float32; a name stands for an axis of any length. */
export function makeValueInfo(
  name: string,
  shape: readonly (number | string)[],
  elemType = FLOAT32,
): ValueInfoProto {
  const dim = shape.map(
    (size): DimensionProto => (typeof size === "number" ? { dimValue: size } : { dimParam: size }),
  );
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

export interface ModelParts {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export function makeModel({ name, nodes, weights, inputs, outputs, metadata = {} }: ModelParts): ModelProto {
  return {
    irVersion: IR_VERSION,
    producerName: "eddy",
    graph: {
      node: [...nodes],
      name,
      initializer: [...weights].map(([weight, tensor]) => writeTensor(weight, tensor)),
      input: [...inputs],
      output: [...outputs],
      valueInfo: [],
      sparseInitializer: [],
    },
    opsetImport: [{ domain: "", version: WRITTEN_OPSET }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
}
