import type { StepGraph } from "../cells/index.js";
import { type Analysis, analyzeModel } from "./analyze-model.js";
import { describe, type ModelDescription } from "./describe-model.js";
import { decodeModel, type ModelProto } from "./proto/model-proto.js";
import { FLOAT16, FLOAT32, FLOAT64, sizeOf } from "./proto/tensor.js";
import { isTensor } from "./trace/traced.js";

/** One recurrent node, as people think of it. */
export interface CellReport {
  readonly node: string;
  readonly cell: string;
  /** I; undefined when its weights are computed. */
  readonly inputs: number | undefined;
  readonly hidden: number;
  readonly directions: readonly string[];
  /** Numbers that it remembers. */
  readonly state: number;
}

/** What there is to know of a model before it runs. */
export interface ModelReport {
  readonly description: ModelDescription;
  /** The data's; undefined where the model cannot be streamed at all. */
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** I, O; undefined where the graph could not be followed. */
  readonly inputSize: number | undefined;
  readonly outputSize: number | undefined;
  readonly cells: readonly CellReport[];
  readonly parameters: number;
  /** S */
  readonly state: number;
  /** State inputs with the outputs that continue them; empty when Eddy makes the state explicit. */
  readonly states: readonly { readonly input: string; readonly output: string }[];
  readonly multiplyAddsPerStep: number;
  /** Of a key's state, float32. */
  readonly bytesPerKey: number;
  /** What `auto` takes; undefined when it cannot be streamed. */
  readonly engine: "kernel" | "onnxruntime" | undefined;
  /** Why it is not the kernel, or why it does not stream. */
  readonly reason: string | undefined;
  readonly answersWithLastStep: boolean;
}

/** @throws SyntaxError code `ONNX_UNREADABLE`, TypeError code `ONNX_TENSOR` */
export function inspectModel(bytes: Uint8Array, options: { readonly name: string }): ModelReport {
  const model = decodeModel(bytes, options);
  const parameters = matrices(model).reduce((sum, { size }) => sum + size, 0);
  let analysis: Analysis;
  try {
    analysis = analyzeModel(model, options.name);
  } catch (cause) {
    if (!(cause instanceof TypeError && "code" in cause && cause.code === "ONNX_NOT_STREAMABLE")) throw cause;
    return { ...NOTHING, description: describe(model, options.name), parameters, reason: cause.message };
  }
  const { description, signature, graph, obstacle, lack, ports } = analysis;
  const state =
    ports.length > 0
      ? ports.reduce((sum, { directions, hidden }) => sum + directions.length * hidden, 0)
      : signature.states.reduce((sum, { size }) => sum + size, 0);
  const why = obstacle ?? lack ?? (state === 0 ? NO_STATE : undefined);
  return {
    description,
    input: signature.input.name,
    output: signature.output.name,
    inputSize: graph?.sizes[0],
    outputSize: graph?.sizes[graph.output],
    cells: cellReports(analysis),
    parameters,
    state,
    states: signature.states.map(({ input, output }) => ({ input: input.name, output: output.name })),
    multiplyAddsPerStep: graph ? multiplyAdds(graph) : multiplyAddsOf(model),
    bytesPerKey: 4 * state,
    engine: obstacle || state === 0 ? undefined : graph ? "kernel" : "onnxruntime",
    reason: why && `${why.node}: ${why.reason}`,
    answersWithLastStep: analysis.isLast,
  };
}

const NO_STATE = { node: "the graph", reason: "there is no state to carry from step to step" };

/** Of a model whose inputs and outputs do not tell how it streams. */
const NOTHING = {
  input: undefined,
  output: undefined,
  inputSize: undefined,
  outputSize: undefined,
  cells: [],
  state: 0,
  states: [],
  multiplyAddsPerStep: 0,
  bytesPerKey: 0,
  engine: undefined,
  answersWithLastStep: false,
} as const;

function cellReports({ ports, trace }: Analysis): CellReport[] {
  return ports
    .filter(({ what }) => what === "h")
    .map(({ node, name, hidden, directions }) => {
      const weights = trace?.values.get(node.input[1] ?? "");
      const memories = node.opType === "LSTM" ? 2 : 1;
      return {
        node: name,
        cell: (node.opType ?? "").toLowerCase(),
        inputs: isTensor(weights) ? weights.dims[2] : undefined,
        hidden,
        directions,
        state: memories * directions.length * hidden,
      };
    });
}

function multiplyAdds({ operations, sizes }: StepGraph): number {
  return operations.reduce((sum, operation) => {
    if (operation.kind === "recurrent") {
      return sum + operation.weights.weightIh.length + operation.weights.weightHh.length;
    }
    if (operation.kind === "dense") return sum + operation.weight.length;
    return operation.kind === "mul" ? sum + sizes[operation.output]! : sum;
  }, 0);
}

/** Without a step graph: every matrix once. */
function multiplyAddsOf(model: ModelProto): number {
  return matrices(model).reduce((sum, { rank, size }) => (rank > 1 ? sum + size : sum), 0);
}

function matrices(model: ModelProto): { rank: number; size: number }[] {
  const floats = new Set([FLOAT32, FLOAT64, FLOAT16]);
  const constants = model.graph.node.flatMap(({ opType, attribute }) =>
    opType === "Constant" ? attribute.flatMap(({ t }) => t ?? []) : [],
  );
  return [...model.graph.initializer, ...constants]
    .filter(({ dataType = 0 }) => floats.has(dataType))
    .map(({ dims }) => ({ rank: dims.length, size: sizeOf(dims) }));
}
