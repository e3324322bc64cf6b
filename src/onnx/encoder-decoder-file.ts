import {
  checkShape,
  type EncoderDecoder,
  type EncoderDecoderShape,
  encoderDecoderShapes,
  type Network,
  networkGraph,
} from "../cells/index.js";
import { problem } from "../core/index.js";
import { networkFromModel } from "./network-file.js";
import { intAttribute, intsAttribute } from "./proto/attributes.js";
import { makeModel, makeNode, makeValueInfo } from "./proto/make-proto.js";
import { decodeModel, encodeModel, type ModelProto, type NodeProto } from "./proto/model-proto.js";
import { integers, readTensor, type Tensor } from "./proto/tensor.js";
import { writeGraph } from "./write-graph.js";

/** `metadata_props` key under which the shape of both stands, as JSON. */
const KEY = "eddy.encoder-decoder";
const ENCODER = "encoder.";
const DECODER = "decoder.";
/** What stands between the two, see `joint`. */
const JOINT = "joint.";
const LAST = 2 ** 31 - 1;

/**
 * An encoder and a decoder as one ONNX file that any ONNX Runtime runs: one graph, in the form in which it was taught.
 *
 *     encoder.input [batch, time, I], encoder.initial_* -> encoder.output [batch, time, S], encoder.Y_*
 *     decoder.previous [batch, steps, V + 1], one-hot: the stop symbol, then the text so far
 *         -> decoder.output [batch, steps, V + 1]: the logits of each next symbol
 *
 * The decoder reads all of `previous` from where the encoder's last step has put it. Who wants to write a text runs it
 * again with each symbol that came out; no operator with a graph of its own (Loop, If) is needed. Eddy takes the two
 * networks out of the file again, and steps each by itself.
 *
 * @param metadata what else shall stand in `metadata_props`
 */
export function encoderDecoderToOnnx(
  { encoder, decoder }: EncoderDecoder,
  shape: EncoderDecoderShape,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const reading = prefixed(writeGraph(networkGraph(encoder), encoder.name), ENCODER);
  const writing = prefixed(writeGraph(networkGraph(decoder), decoder.name), DECODER);
  const { nodes, weights } = joint(shape, writing);
  const model = makeModel({
    name: encoder.name,
    nodes: [...reading.graph.node, ...nodes, ...writing.graph.node],
    weights: new Map([...tensorsOf(reading), ...weights, ...tensorsOf(writing)]),
    inputs: [
      ...reading.graph.input,
      makeValueInfo(`${DECODER}previous`, ["batch", "steps", shape.symbols + 1]),
    ],
    outputs: [
      makeValueInfo(`${DECODER}output`, ["batch", "steps", shape.symbols + 1]),
      ...reading.graph.output,
      ...writing.graph.output.filter(({ name }) => name !== `${DECODER}output`),
    ],
    metadata: { ...metadata, [KEY]: JSON.stringify(shape) },
  });
  return encodeModel(model);
}

/**
 * Reads what `encoderDecoderToOnnx` wrote, weights bit for bit as they stand there.
 *
 * @throws SyntaxError code `ONNX_UNREADABLE`: not an ONNX model, or cut off
 * @throws TypeError code `ONNX_NO_NETWORK` when it is none of Eddy's, or weights don't fit the shape it says
 */
export function encoderDecoderFromOnnx(
  bytes: Uint8Array,
  { name }: { readonly name: string },
): EncoderDecoder & { readonly shape: EncoderDecoderShape } {
  const model = decodeModel(bytes, { name });
  const text = model.metadataProps.find(({ key }) => key === KEY)?.value;
  const refuse = (expected: string, found: string, cause?: unknown): Error =>
    problem(TypeError, {
      code: "ONNX_NO_NETWORK",
      action: "read encoder and decoder from",
      on: `ONNX model "${name}"`,
      expected,
      found,
      cause,
    });
  if (text === undefined) throw refuse(`the metadata ${KEY}`, "none: a model of another kind");
  let shape: EncoderDecoderShape;
  try {
    shape = JSON.parse(text) as EncoderDecoderShape;
    for (const one of Object.values(encoderDecoderShapes(shape))) checkShape(one);
  } catch (cause) {
    throw refuse(`a shape in ${KEY}`, text, cause);
  }
  const shapes = encoderDecoderShapes(shape);
  const own = (prefix: string, which: "encoder" | "decoder"): Network =>
    networkFromModel(part(model, prefix, shapes[which].inputs), shapes[which], name);
  return { encoder: own(ENCODER, "encoder"), decoder: own(DECODER, "decoder"), shape };
}

/** The nodes between the two: the summary as the decoder's first state, and beside every symbol. */
function joint(
  { hidden }: EncoderDecoderShape,
  decoder: ModelProto,
): { readonly nodes: NodeProto[]; readonly weights: Map<string, Tensor> } {
  const weights = new Map<string, Tensor>();
  const constant = (name: string, ...values: number[]): string => {
    weights.set(`${JOINT}${name}`, integers(values));
    return `${JOINT}${name}`;
  };
  const states = decoder.graph.input
    .map(({ name = "" }) => name)
    .filter((name) => name !== `${DECODER}input`);
  const nodes = [
    makeNode(
      "Slice",
      [`${ENCODER}output`, constant("newest", -1), constant("end", LAST), constant("time_axis", 1)],
      [`${JOINT}summary`],
    ),
    makeNode("Shape", [`${DECODER}previous`], [`${JOINT}shape`]),
    makeNode("Slice", [`${JOINT}shape`, constant("batch", 0), constant("width", 2)], [`${JOINT}rows`]),
    makeNode("Concat", [`${JOINT}rows`, constant("one", 1)], [`${JOINT}spread`], [intAttribute("axis", 0)]),
    makeNode("Expand", [`${JOINT}summary`, `${JOINT}spread`], [`${JOINT}summaries`]),
    makeNode(
      "Concat",
      [`${DECODER}previous`, `${JOINT}summaries`],
      [`${DECODER}input`],
      [intAttribute("axis", 2)],
      `${JOINT}input`,
    ),
    makeNode("Transpose", [`${JOINT}summary`], [`${JOINT}states`], [intsAttribute("perm", [1, 0, 2])]),
    ...states.map((state, i) =>
      makeNode(
        "Slice",
        [
          `${JOINT}states`,
          constant(`from_${i}`, i * hidden),
          constant(`to_${i}`, (i + 1) * hidden),
          constant("state_axis", 2),
        ],
        [state],
        [],
        `${JOINT}${state}`,
      ),
    ),
  ];
  return { nodes, weights };
}

function tensorsOf({ graph }: ModelProto): [string, Tensor][] {
  return graph.initializer.map((one) => [one.name ?? "", readTensor(one, one.name ?? "")]);
}

/** All names of a model's values and nodes behind a prefix. */
function prefixed(model: ModelProto, prefix: string): ModelProto {
  return renamed(model, (name) => `${prefix}${name}`);
}

/** The nodes of one part as a model of its own, under the names that it had. */
function part(model: ModelProto, prefix: string, inputs: number): ModelProto {
  const isOwn = ({ name = "" }: { name?: string }): boolean => name.startsWith(prefix);
  const { graph } = model;
  const node = graph.node.filter(isOwn);
  const made = new Set(node.flatMap(({ output }) => output));
  const weights = graph.initializer.filter(isOwn);
  const given = new Set(weights.map(({ name }) => name));
  // What no node of its own makes comes from outside: its input, and its first states.
  const outside = new Set(
    node.flatMap(({ input }) => input).filter((name) => name !== "" && !made.has(name) && !given.has(name)),
  );
  const hidden = [1, "batch", "hidden"];
  const own = {
    ...model,
    metadataProps: [],
    graph: {
      ...graph,
      node,
      initializer: weights,
      input: [...outside].map((name) =>
        makeValueInfo(name, name === `${prefix}input` ? ["batch", "time", inputs] : hidden),
      ),
      output: graph.output.filter(isOwn),
    },
  };
  return renamed(own, (name) => name.slice(prefix.length));
}

/** With other names of values and nodes; an omitted optional input stays omitted. */
function renamed(model: ModelProto, rename: (name: string) => string): ModelProto {
  const to = (name: string): string => (name === "" ? "" : rename(name));
  const named = <T extends { name?: string }>(one: T): T => ({ ...one, name: to(one.name ?? "") });
  const { graph } = model;
  return {
    ...model,
    graph: {
      ...graph,
      node: graph.node.map((node) => ({
        ...named(node),
        input: node.input.map(to),
        output: node.output.map(to),
      })),
      initializer: graph.initializer.map(named),
      input: graph.input.map(named),
      output: graph.output.map(named),
    },
  };
}
