import type { Elementwise, Operation, RecurrentOperation, StepGraph, Value } from "../cells/index.js";
import { floatAttribute, intAttribute, intsAttribute } from "./proto/attributes.js";
import { makeModel, makeNode, makeValueInfo } from "./proto/make-proto.js";
import type { AttributeProto, ModelProto, NodeProto, ValueInfoProto } from "./proto/model-proto.js";
import { integers, type Tensor, tensor, transposed } from "./proto/tensor.js";
import { type StateRecord, writeStateRecords } from "./state-records.js";
import { recurrentAttributes, recurrentWeights } from "./write-recurrent.js";

const FUNCTIONS: Readonly<Record<Elementwise, string>> = {
  relu: "Relu",
  "leaky-relu": "LeakyRelu",
  elu: "Elu",
  sigmoid: "Sigmoid",
  "hard-sigmoid": "HardSigmoid",
  tanh: "Tanh",
  softplus: "Softplus",
  exp: "Exp",
  abs: "Abs",
  neg: "Neg",
  sqrt: "Sqrt",
};
const BINARY = { add: "Add", sub: "Sub", mul: "Mul", div: "Div" };

/**
 * A step graph as an ONNX model: input [batch, time, I] -> output [batch, time, O], both of any length, the
 * states of the forward cells explicit (`initial_h_0` -> `Y_h_0`, ...), names and first values of the states in
 * `metadata_props`.
 */
export function writeGraph(
  graph: StepGraph,
  name: string,
  metadata: Readonly<Record<string, string>> = {},
): ModelProto {
  return new GraphWriter(graph).model(name, metadata);
}

class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #weights = new Map<string, Tensor>();
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #states: StateRecord[] = [];

  constructor(private readonly graph: StepGraph) {}

  model(name: string, metadata: Readonly<Record<string, string>>): ModelProto {
    const { sizes, operations, output } = this.graph;
    const swap = [intsAttribute("perm", [1, 0, 2])];
    this.#inputs.push(makeValueInfo("input", ["batch", "time", sizes[0]!]));
    this.#outputs.push(makeValueInfo("output", ["batch", "time", sizes[output]!]));
    this.#nodes.push(makeNode("Transpose", ["input"], [valueName(0)], swap));
    for (const [i, operation] of operations.entries()) this.#write(operation, i);
    this.#nodes.push(makeNode("Transpose", [valueName(output)], ["output"], swap));
    const model = makeModel({
      name,
      nodes: this.#nodes,
      weights: this.#weights,
      inputs: this.#inputs,
      outputs: this.#outputs,
      metadata,
    });
    writeStateRecords(model, this.#states);
    return model;
  }

  /** Values are [time, batch, size]. */
  #write(operation: Operation, index: number): void {
    const output = valueName(operation.output);
    const add = (
      opType: string,
      inputs: readonly string[],
      attributes: readonly AttributeProto[] = [],
    ): void => {
      this.#nodes.push(makeNode(opType, inputs, [output], attributes));
    };
    switch (operation.kind) {
      case "recurrent":
        this.#writeRecurrent(operation, index);
        break;
      case "dense": {
        const { weight, bias, input } = operation;
        const rows = this.#size(operation.output);
        const matrix = this.#weight(
          `${output}_weight`,
          transposed(tensor([rows, weight.length / rows], weight)),
        );
        if (!bias) {
          add("MatMul", [valueName(input), matrix]);
          break;
        }
        this.#nodes.push(makeNode("MatMul", [valueName(input), matrix], [`${output}_product`]));
        add("Add", [`${output}_product`, this.#weight(`${output}_bias`, tensor([rows], bias))]);
        break;
      }
      case "elementwise": {
        const { alpha, beta } = operation;
        add(
          FUNCTIONS[operation.f],
          [valueName(operation.input)],
          [
            ...(alpha === undefined ? [] : [floatAttribute("alpha", alpha)]),
            ...(beta === undefined ? [] : [floatAttribute("beta", beta)]),
          ],
        );
        break;
      }
      case "softmax":
      case "log-softmax":
        add(
          operation.kind === "softmax" ? "Softmax" : "LogSoftmax",
          [valueName(operation.input)],
          [intAttribute("axis", -1)],
        );
        break;
      case "layer-norm": {
        const size = [operation.scale.length];
        const scale = this.#weight(`${output}_scale`, tensor(size, operation.scale));
        const bias = this.#weight(`${output}_bias`, tensor(size, operation.bias));
        add(
          "LayerNormalization",
          [valueName(operation.input), scale, bias],
          [intAttribute("axis", -1), floatAttribute("epsilon", operation.epsilon)],
        );
        break;
      }
      case "constant":
        this.#weight(output, tensor([1, 1, operation.values.length], operation.values));
        break;
      case "concat":
        add("Concat", operation.parts.map(valueName), [intAttribute("axis", -1)]);
        break;
      case "slice": {
        const { from } = operation;
        const bounds = [from, from + this.#size(operation.output), -1];
        const names = bounds.map((bound, i) => this.#weight(`${output}_slice_${i}`, integers([bound])));
        add("Slice", [valueName(operation.input), ...names]);
        break;
      }
      default:
        add(BINARY[operation.kind], [valueName(operation.a), valueName(operation.b)]);
    }
  }

  #writeRecurrent(operation: RecurrentOperation & { readonly name?: string }, index: number): void {
    const { cell, hidden, initial = new Float32Array(2 * hidden), direction } = operation;
    const layer = this.graph.operations.slice(0, index).filter(({ kind }) => kind === "recurrent").length;
    const { W, R, B, P } = recurrentWeights(operation);
    const weight = (what: string, values: Tensor): string => this.#weight(`${cell}_${layer}_${what}`, values);
    const memories = cell === "lstm" ? (["h", "c"] as const) : (["h"] as const);
    const before = memories.map((what) => `initial_${what}_${layer}`);
    const after = memories.map((what) => `Y_${what}_${layer}`);
    const isExplicit = direction === "forward";
    const inputs = [valueName(operation.input), weight("W", W), weight("R", R), weight("B", B)];
    if (isExplicit || P) inputs.push("", ...(isExplicit ? before : ["", ""]));
    if (P) inputs.push(weight("P", P));
    const sequence = `${cell}_${layer}_sequence`;
    const name = `${cell}_${layer}`;
    const outputs = [sequence, ...(isExplicit ? after : [])];
    this.#nodes.push(makeNode(cell.toUpperCase(), inputs, outputs, recurrentAttributes(operation), name));
    const axis = this.#weight("direction_axis", integers([1]));
    this.#nodes.push(makeNode("Squeeze", [sequence, axis], [valueName(operation.output)]));
    if (!isExplicit) return;
    for (const [i] of memories.entries()) {
      const shape = [1, "batch", hidden];
      this.#inputs.push(makeValueInfo(before[i]!, shape));
      this.#outputs.push(makeValueInfo(after[i]!, shape));
      const values = [...initial.subarray(i * hidden, (i + 1) * hidden)];
      this.#states.push({
        node: `${cell.toUpperCase()} ${name}`,
        input: before[i]!,
        output: after[i]!,
        shape,
        initial: values.every((value) => value === 0) ? "zeros" : values,
      });
    }
  }

  #weight(name: string, values: Tensor): string {
    this.#weights.set(name, values);
    return name;
  }

  #size(value: Value): number {
    return this.graph.sizes[value]!;
  }
}

function valueName(value: Value): string {
  return `value_${value}`;
}
