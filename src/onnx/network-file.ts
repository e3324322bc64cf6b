import {
  type CellWeights,
  checkShape,
  Network,
  type NetworkShape,
  networkGraph,
  type RecurrentOperation,
} from "../cells/index.js";
import { problem } from "../core/index.js";
import { analyzeModel } from "./analyze-model.js";
import { decodeModel, encodeModel, type ModelProto } from "./proto/model-proto.js";
import { writeGraph } from "./write-graph.js";

/** `metadata_props` key under which a network's shape stands, as JSON. */
const KEY = "eddy.network";

/**
 * A network as an ONNX file that any ONNX Runtime gives the same outputs for: weights as float32, the state
 * explicit, time and batch of any length, the shape in `metadata_props` so that it can be learned further.
 *
 * @param metadata what else shall stand in `metadata_props`
 */
export function networkToOnnx(network: Network, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const props = { ...metadata, [KEY]: JSON.stringify(network.shape) };
  return encodeModel(writeGraph(networkGraph(network), network.name, props));
}

/**
 * Reads a network that `networkToOnnx` wrote, weights bit for bit as they stand there.
 *
 * @throws SyntaxError code `ONNX_UNREADABLE`: not an ONNX model, or cut off
 * @throws TypeError code `ONNX_NO_NETWORK` when it is no network of Eddy's, or its weights don't fit its shape
 */
export function networkFromOnnx(bytes: Uint8Array, options: { readonly name: string }): Network {
  const model = decodeModel(bytes, options);
  const text = model.metadataProps.find(({ key }) => key === KEY)?.value;
  if (text === undefined)
    throw noNetwork(options.name, `the metadata ${KEY}`, "none: another program's model");
  let shape: NetworkShape;
  try {
    shape = JSON.parse(text) as NetworkShape;
    checkShape(shape);
  } catch (cause) {
    throw noNetwork(options.name, `a network's shape in ${KEY}`, text, cause);
  }
  return networkFromModel(model, shape, options.name);
}

/** @throws TypeError code `ONNX_NO_NETWORK` when a model's weights are not those of a network of this shape */
export function networkFromModel(model: ModelProto, shape: NetworkShape, name: string): Network {
  const refuse = (expected: string, found: string): Error => noNetwork(name, expected, found);
  const network = new Network(shape, name);
  const { graph, lack } = analyzeModel(model, name);
  if (!graph) throw refuse("the graph of a network", lack ? `${lack.node}: ${lack.reason}` : "another");
  const cells = graph.operations.filter(
    (operation): operation is RecurrentOperation & typeof operation => operation.kind === "recurrent",
  );
  const head = graph.operations.find(({ kind }) => kind === "dense");
  const found = new Map<string, Float32Array | undefined>();
  const { layers, bidirectional = false } = network.shape;
  for (let layer = 0; layer < layers; layer++) {
    for (const suffix of bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`]) {
      const weights = cells.shift()?.weights;
      for (const [name, values] of weights ? namesOf(weights) : [])
        found.set(`rnn.${name}_${suffix}`, values);
    }
  }
  if (head?.kind === "dense") {
    found.set("head.weight", head.weight);
    found.set("head.bias", head.bias);
  }
  for (const [name, { values, shape }] of network.parameters) {
    const weights = found.get(name);
    if (weights?.length !== values.length) {
      throw refuse(`${name} [${shape.join(", ")}]`, weights ? `${weights.length} numbers` : "none");
    }
    values.set(weights);
  }
  return network;
}

function noNetwork(name: string, expected: string, found: string, cause?: unknown): Error {
  return problem(TypeError, {
    code: "ONNX_NO_NETWORK",
    action: "read network from",
    on: `ONNX model "${name}"`,
    expected,
    found,
    cause,
  });
}

function namesOf({
  weightIh,
  weightHh,
  biasIh,
  biasHh,
  peephole,
}: CellWeights): [string, Float32Array | undefined][] {
  return [
    ["weight_ih", weightIh],
    ["weight_hh", weightHh],
    ["bias_ih", biasIh],
    ["bias_hh", biasHh],
    ["peephole", peephole],
  ];
}
