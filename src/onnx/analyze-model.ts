import type { StepGraph } from "../cells/index.js";
import { problem } from "../core/index.js";
import { describe, formatTensor, type ModelDescription, type TensorDescription } from "./describe-model.js";
import { dataInputs, isRecurrent, memoriesOf, reachedFrom } from "./graph-flow.js";
import { type ModelProto, type NodeProto, nodeName, type ValueInfoProto } from "./proto/model-proto.js";
import { INT64, readTensor, sizeOf, type Tensor } from "./proto/tensor.js";
import { type KnownStates, pairStates, type StreamingSignature } from "./state-pairs.js";
import { readStateRecords } from "./state-records.js";
import type { Axis, Factor } from "./trace/axes.js";
import { simplify } from "./trace/simplify.js";
import type { Marks } from "./trace/site.js";
import { type Trace, traceGraph } from "./trace/trace-graph.js";
import { LENGTHS, type StatePort } from "./trace/trace-recurrent.js";
import { isStream, type Lack, notStreamableAt, type Traced } from "./trace/traced.js";

/** What Eddy makes of a model: how it streams, and what the kernel would run. */
export interface Analysis {
  readonly model: ModelProto;
  readonly description: ModelDescription;
  readonly signature: StreamingSignature;
  /** Of the recurrent nodes; empty when there are none. */
  readonly ports: readonly StatePort[];
  /** Ports whose memory no pair of an input and an output carries. */
  readonly hidden: readonly StatePort[];
  /** How the graph was followed; undefined when it has no recurrent nodes. */
  readonly trace?: Trace;
  /** Axes of the data input, and which of them is time and batch. */
  readonly axes?: DataAxes;
  /** What the kernel runs, reverse directions included. */
  readonly graph?: StepGraph;
  /** True when the output is the newest step's alone (many-to-one). */
  readonly isLast: boolean;
  /** Why the kernel cannot run it. */
  readonly lack?: Lack;
  /** Why it cannot be streamed. */
  readonly obstacle?: Lack;
}

export interface DataAxes {
  readonly axes: readonly Axis[];
  readonly time: number | undefined;
  readonly batch: number | undefined;
}

/**
 * Finds out how a model streams.
 *
 * @throws TypeError code `ONNX_NOT_STREAMABLE` when its inputs and outputs do not tell data from state
 */
export function analyzeModel(model: ModelProto, name: string): Analysis {
  const description = describe(model, name);
  const recurrent = model.graph.node.filter(isRecurrent);
  if (recurrent.length === 0) {
    const loop = model.graph.node.find(({ opType = "" }) => LOOPS.has(opType));
    if (loop) throw notStreamableAt(ownLoop(loop), name);
    const signature = pairStates(description);
    const lack: Lack = { cannot: "kernel", node: "the graph", reason: "it has no RNN, GRU or LSTM node" };
    return { model, description, signature, ports: [], hidden: [], isLast: false, lack };
  }
  const inputs = description.inputs.map((input) => input.name);
  const [data, ...others] = dataInputs(model.graph, inputs);
  if (data === undefined) throw severalInputs(description, "no input that a recurrent node reads");
  if (others.length > 0) {
    throw severalInputs(description, `several data inputs: ${[data, ...others].join(", ")}`);
  }
  const told = toldLengths(
    model,
    inputs.filter((input) => input !== data),
  );
  if (told) throw notStreamableAt(told, name);
  const { trace, axes } = follow(model, description, data);
  const stateNames = stateElements(description, data);
  const known = knownStates(model, data, trace.ports, stateNames);
  const signature = pairStates(description, known);
  const continued = new Set([...known.pairs.keys()]);
  const hidden = trace.ports.filter(
    ({ initial }) =>
      initial.kind === "zeros" ||
      initial.kind === "given" ||
      (initial.kind === "input" &&
        !Array.from(initial.elements).every((at) => continued.has(stateNames[at]!))),
  );

  const output = trace.values.get(signature.output.name);
  const lack = lackOf(output);
  const backward = trace.ports.find(({ directions }) => directions.includes("reverse"));
  const obstacle: Lack | undefined = backward
    ? {
        cannot: "stream",
        node: backward.name,
        reason: "it reads the sequence from its end (backward direction)",
      }
    : lack?.cannot === "stream"
      ? lack
      : undefined;
  const isLast = isStream(output) && output.moment === "last";
  const base = { model, description, signature, ports: trace.ports, hidden, trace, axes, isLast };
  const noted = { ...base, ...(obstacle ? { obstacle } : {}) };
  if (lack || !isStream(output) || output.value === undefined) {
    return {
      ...noted,
      lack: lack ?? { cannot: "kernel", node: signature.output.name, reason: "its output is a constant" },
    };
  }
  return { ...noted, graph: simplify(trace.build.finish(output.value)) };
}

/** Operators that go through a sequence by themselves. */
const LOOPS = new Set(["Loop", "Scan"]);

function ownLoop(node: NodeProto): Lack {
  const reason = "it goes through the sequence by itself; Eddy carries the state of RNN, GRU and LSTM nodes";
  return { cannot: "stream", node: nodeName(node), reason };
}

/** Traces the graph under one assumption after the other of what the data input's axes are. */
function follow(
  model: ModelProto,
  description: ModelDescription,
  data: string,
): { trace: Trace; axes: DataAxes } {
  const info = model.graph.input.find(({ name }) => name === data)!;
  const dims = dataDims(model, info);
  const free = freeLengths(model);
  const records = readStateRecords(model);
  const weights = new Map<string, Tensor>();
  let best: { trace: Trace; axes: DataAxes; score: number } | undefined;
  for (const [time, batch] of assumptions(dims.length)) {
    const marks: Marks = {
      time: time === undefined ? 1 : (dims[time] ?? free[0]),
      batch: batch === undefined ? 1 : (dims[batch] ?? free[1]),
      isTimeOpen: time !== undefined && dims[time] === undefined,
      isBatchOpen: batch !== undefined && dims[batch] === undefined,
    };
    // An open axis that is neither: a size of features that the file does not tell.
    if (dims.some((length, i) => length === undefined && i !== time && i !== batch)) continue;
    const axes = dims.map((length, i): Axis => {
      const role: Factor["role"] = i === time ? "time" : i === batch ? "batch" : "feature";
      const size = role === "time" ? marks.time : role === "batch" ? marks.batch : length!;
      return size === 1 ? [] : [{ role, size }];
    });
    const states = new Map(
      description.inputs
        .filter(({ name }) => name !== data)
        .map((input) => {
          const initial = records.find((record) => record.input === input.name)?.initial;
          const dims = stateDims(input);
          return [input.name, initial && initial !== "zeros" ? { dims, initial } : { dims }];
        }),
    );
    const trace = traceGraph(model, { data, axes, states, marks, weights }, description.name);
    const output = description.outputs.map(({ name }) => trace.values.get(name)).find(isStream);
    const streams = output !== undefined && lackOf(output)?.cannot !== "stream";
    const found = { trace, axes: { axes, time, batch }, score: trace.followed + (streams ? 0.5 : 0) };
    const isAll = trace.followed === model.graph.node.filter(isRecurrent).length && streams;
    if (isAll) return found;
    if (best === undefined || found.score > best.score) best = found;
  }
  if (best === undefined) throw severalInputs(description, `no fixed size I in ${data}`);
  return best;
}

/** Places of the time and batch axes, the usual ones first. */
function* assumptions(
  rank: number,
): Generator<readonly [time: number | undefined, batch: number | undefined]> {
  if (rank === 2) {
    yield [0, undefined];
    yield [undefined, 0];
  }
  if (rank > 1) {
    yield [1, 0];
    yield [0, 1];
  }
  for (let time = 0; time < rank; time++) {
    for (let batch = 0; batch < rank; batch++) if (batch !== time && time + batch > 1) yield [time, batch];
  }
  for (let time = 0; time < rank; time++) yield [time, undefined];
  for (let batch = 0; batch < rank; batch++) yield [undefined, batch];
  yield [undefined, undefined];
}

/** A size or, where the file leaves it open, undefined; the step's I comes from the weights if it must. */
function dataDims(model: ModelProto, info: ValueInfoProto): (number | undefined)[] {
  const shape = info.type?.tensorType?.shape;
  const dims = shape
    ? shape.dim.map(({ dimValue }) => (dimValue && dimValue > 0 ? dimValue : undefined))
    : [];
  const open = shape ? dims : [undefined, undefined, undefined];
  if (open.length === 3 && open[2] === undefined) {
    const first = model.graph.node.find(isRecurrent);
    const weights = model.graph.initializer.find(({ name }) => name === first?.input[1]);
    return open.with(2, weights?.dims[2]);
  }
  return open;
}

/** Two primes that divide no size and no integer of the file, so that what they measure can be told. */
function freeLengths(model: ModelProto): [number, number] {
  const taken = new Set<number>();
  for (const proto of model.graph.initializer) {
    for (const length of proto.dims) taken.add(length);
    if (proto.dataType === INT64 && sizeOf(proto.dims) < 1000) {
      for (const value of readTensor(proto, proto.name ?? "").data) taken.add(value);
    }
  }
  for (const node of model.graph.node) {
    for (const attribute of node.attribute) {
      for (const value of [attribute.i ?? 0, ...attribute.ints]) taken.add(value);
      if (attribute.t?.dataType === INT64 && sizeOf(attribute.t.dims) < 1000) {
        for (const value of readTensor(attribute.t, nodeName(node)).data) taken.add(value);
      }
    }
  }
  for (const { type } of [...model.graph.input, ...model.graph.output]) {
    for (const { dimValue = 0 } of type?.tensorType?.shape?.dim ?? []) taken.add(dimValue);
  }
  const free: number[] = [];
  for (let candidate = 101; free.length < 2; candidate += 2) {
    const isPrime = ![3, 5, 7, 11, 13, 17, 19, 23, 29, 31].some((p) => candidate % p === 0 && candidate > p);
    if (isPrime && ![...taken].some((value) => value !== 0 && value % candidate === 0)) free.push(candidate);
  }
  return [free[0]!, free[1]!];
}

/** Names of the state inputs, one for each of their elements, in the order in which a trace numbers them. */
function stateElements(description: ModelDescription, data: string): readonly string[] {
  return description.inputs.flatMap((input) =>
    input.name === data ? [] : new Array<string>(sizeOf(stateDims(input))).fill(input.name),
  );
}

/** Of one sequence: what is open is the batch. */
function stateDims({ shape }: TensorDescription): number[] {
  return shape.map((size) => (typeof size === "number" ? size : 1));
}

/** Which output continues which state input: those that hold the same nodes' memories. */
function knownStates(
  model: ModelProto,
  data: string,
  ports: readonly StatePort[],
  elements: readonly string[],
): KnownStates {
  const read = new Map<string, Set<StatePort>>();
  for (const port of ports) {
    if (port.initial.kind !== "input") continue;
    for (const name of new Set(Array.from(port.initial.elements, (at) => elements[at]!))) {
      read.set(name, (read.get(name) ?? new Set()).add(port));
    }
  }
  const pairs = new Map<string, string>();
  const memories = memoriesOf(model.graph, ports);
  for (const [input, its] of read) {
    for (const [output, theirs] of memories) {
      const isSame = its.size === theirs.size && [...its].every((port) => theirs.has(port));
      const size = elements.filter((name) => name === input).length;
      // A state that two nodes start from is carried by neither: each gets one of its own.
      const isOwn =
        [...its].reduce((sum, { hidden, directions }) => sum + hidden * directions.length, 0) === size;
      if (isSame && isOwn && ![...pairs.values()].includes(output)) {
        pairs.set(input, output);
        break;
      }
    }
  }
  const discontinued = new Set([...read.keys()].filter((input) => !pairs.has(input)));
  return { data, pairs, discontinued };
}

/** A recurrent node that one of these inputs tells the lengths of the sequences. */
function toldLengths(model: ModelProto, inputs: readonly string[]): Lack | undefined {
  for (const input of inputs) {
    const reached = reachedFrom(model.graph, input);
    const node = model.graph.node.find((node) => isRecurrent(node) && reached.has(node.input[LENGTHS] ?? ""));
    const reason = `the input ${input} tells it the lengths of the sequences (sequence_lens)`;
    if (node) return { cannot: "stream", node: nodeName(node), reason };
  }
  return undefined;
}

function lackOf(value: Traced | undefined): Lack | undefined {
  return value !== undefined && "kind" in value ? value.lack : undefined;
}

function severalInputs(description: ModelDescription, found: string): Error {
  return problem(TypeError, {
    code: "ONNX_NOT_STREAMABLE",
    action: "stream",
    on: `ONNX model "${description.name}"`,
    expected: "one data input [batch, time, I] that recurrent nodes read",
    found: `${found} (inputs: ${description.inputs.map(formatTensor).join(", ") || "none"})`,
  });
}
