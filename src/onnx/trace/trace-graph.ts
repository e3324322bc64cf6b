import { Attributes } from "../proto/attributes.js";
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  nodeName,
  opsetOf,
  type TensorProto,
} from "../proto/model-proto.js";
import { INT64, readTensor, sizeOf, type Tensor, tensor } from "../proto/tensor.js";
import { type Axis, vectorSize } from "./axes.js";
import { fold } from "./fold.js";
import { type Fix, type Handler, type Marks, Site } from "./site.js";
import { StepGraphBuilder } from "./step-graph-builder.js";
import { ACTIVATION_HANDLERS } from "./trace-activations.js";
import { BROADCAST_HANDLERS } from "./trace-broadcast.js";
import { LINEAR_HANDLERS } from "./trace-linear.js";
import { MOVE_HANDLERS } from "./trace-moves.js";
import { RECURRENT, type StatePort, statePorts, traceRecurrent } from "./trace-recurrent.js";
import { REDUCTION_HANDLERS } from "./trace-reductions.js";
import {
  cannotStream,
  isStream,
  isTensor,
  isUnknown,
  type Lack,
  lacking,
  Refusal,
  type Traced,
  type Unknown,
} from "./traced.js";

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...MOVE_HANDLERS,
  ...ACTIVATION_HANDLERS,
  ...BROADCAST_HANDLERS,
  ...LINEAR_HANDLERS,
  ...REDUCTION_HANDLERS,
};

/** What following the data input through a graph has shown. */
export interface Trace {
  readonly build: StepGraphBuilder;
  readonly values: ReadonlyMap<string, Traced>;
  /** Memories of the recurrent nodes, in the order of execution. */
  readonly ports: readonly StatePort[];
  readonly fixes: readonly Fix[];
  /** Recurrent nodes that could be followed. */
  readonly followed: number;
  readonly marks: Marks;
}

/** What is known of a graph's inputs before it is traced. */
export interface TraceInputs {
  readonly data: string;
  /** Axes of the data input. */
  readonly axes: readonly Axis[];
  /** State inputs, their dimensions, and what they hold at the start of a sequence if not zeros. */
  readonly states: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly initial?: readonly number[] }
  >;
  readonly marks: Marks;
  /** Weights that were read before; the trace adds to it. */
  readonly weights: Map<string, Tensor>;
}

/**
 * Follows the data input through a graph, node by node: which axis of each value runs over time, batch and
 * features, and what it is as a vector of one step. What does not depend on the data is computed; shapes and
 * moves of axes vanish.
 *
 * @param file names the model in errors
 */
export function traceGraph(model: ModelProto, inputs: TraceInputs, file: string): Trace {
  return new Tracer(model, inputs, file).run();
}

class Tracer {
  readonly #build: StepGraphBuilder;
  readonly #values = new Map<string, Traced>();
  readonly #initializers: ReadonlyMap<string, TensorProto>;
  readonly #ports: StatePort[] = [];
  readonly #fixes: Fix[] = [];
  readonly #opset: number;
  /** Elements of the state inputs that are not zero at the start of a sequence. */
  readonly #given = new Map<number, number>();
  #followed = 0;

  constructor(
    private readonly model: ModelProto,
    private readonly inputs: TraceInputs,
    private readonly file: string,
  ) {
    this.#build = new StepGraphBuilder(vectorSize(inputs.axes));
    this.#opset = opsetOf(model);
    this.#initializers = new Map(model.graph.initializer.map((proto) => [proto.name ?? "", proto]));
  }

  run(): Trace {
    const { data, axes, states, marks } = this.inputs;
    this.#values.set(data, { kind: "stream", axes, moment: "step", value: 0 });
    let next = 0;
    for (const [name, { dims, initial }] of states) {
      const size = sizeOf(dims);
      // As many as there are of one sequence; a batch has them in other places, but is all the same.
      if (initial?.length === size)
        for (const [i, value] of initial.entries()) this.#given.set(next + i, value);
      const names = Array.from({ length: size }, (_, i) => next + i);
      this.#values.set(name, { ...tensor(dims, names, INT64), isState: true });
      next += size;
    }
    this.#runGraph(this.model.graph);
    return {
      build: this.#build,
      values: this.#values,
      ports: this.#ports,
      fixes: this.#fixes,
      followed: this.#followed,
      marks,
    };
  }

  #runGraph(graph: GraphProto): void {
    for (const node of graph.node) {
      const results = this.#runNode(node);
      node.output.forEach((name, i) => {
        const result = results[i];
        if (name !== "" && result !== undefined) this.#values.set(name, result);
      });
    }
  }

  #runNode(node: NodeProto): readonly Traced[] {
    const name = nodeName(node);
    const refused = (cannot: Lack["cannot"], reason: string): Unknown[] =>
      node.output.map(() => ({ kind: "unknown", lack: { cannot, node: name, reason } }));
    try {
      const inputs = node.input.map((input) => this.#lookUp(input));
      const site = new Site(
        node,
        name,
        new Attributes(node),
        this.#opset,
        inputs,
        this.#build,
        this.inputs.marks,
        this.#fixes,
      );
      const isOwn = !node.domain || node.domain === "ai.onnx";
      if (isOwn && node.opType === "If") return this.#branch(site);
      if (isOwn && (node.opType === "Loop" || node.opType === "Scan")) {
        throw cannotStream("it goes through a sequence by itself");
      }
      const isRecurrent = isOwn && (node.opType ?? "") in RECURRENT;
      const ports = isRecurrent ? statePorts(site) : [];
      this.#ports.push(...ports);
      const unknown = (isRecurrent ? inputs.slice(0, 1) : inputs).find(isUnknown);
      if (unknown) return node.output.map(() => unknown);
      if (isRecurrent) {
        const results = traceRecurrent(site, ports, this.#given);
        this.#followed++;
        return results;
      }
      if (!inputs.some(isStream)) {
        const folded = fold(
          node,
          inputs.filter((input) => input === undefined || isTensor(input)),
          this.#opset,
        );
        if (folded) return folded;
      }
      const handler = isOwn ? HANDLERS[node.opType ?? ""] : undefined;
      if (handler === undefined) throw lacking(`Eddy does not know the operator ${node.opType}`);
      return handler(site);
    } catch (cause) {
      if (cause instanceof Refusal) return refused(cause.cannot, cause.reason);
      if (cause instanceof RangeError && !("code" in cause))
        return refused("kernel", `it is given ${cause.message}`);
      throw cause;
    }
  }

  /** A condition that does not depend on the data: exporters ask whether an axis is 1. */
  #branch(site: Site): readonly Traced[] {
    const condition = site.optionalTensor(0);
    const graph = site.attributes.get(condition?.data[0] ? "then_branch" : "else_branch")?.g;
    if (condition === undefined || graph === undefined) throw lacking("a condition that depends on the data");
    for (const proto of graph.initializer) this.#values.set(proto.name ?? "", readTensor(proto, site.name));
    this.#runGraph(graph);
    return graph.output.map(({ name = "" }) => this.#lookUp(name)!);
  }

  #lookUp(name: string): Traced | undefined {
    if (name === "") return undefined;
    const known = this.#values.get(name);
    if (known) return known;
    const value: Traced = this.#readWeights(name) ?? {
      kind: "unknown",
      lack: { cannot: "kernel", node: name, reason: "nothing gives this value" },
    };
    this.#values.set(name, value);
    return value;
  }

  #readWeights(name: string): Tensor | undefined {
    const read = this.inputs.weights.get(name);
    const proto = this.#initializers.get(name);
    if (read || !proto) return read;
    const weights = readTensor(proto, `ONNX model "${this.file}"`);
    this.inputs.weights.set(name, weights);
    return weights;
  }
}
