import { type Analysis, analyzeModel } from "./analyze-model.js";
import { applyFixes, removeUnused, renameValue, toTimeMajor } from "./edit-graph.js";
import { type DimensionProto, decodeModel, encodeModel, type ValueInfoProto } from "./proto/model-proto.js";
import { FLOAT32 } from "./proto/tensor.js";
import { type StateRecord, writeStateRecords } from "./state-records.js";
import { type Axis, hasRole, isFeature, lengthOf } from "./trace/axes.js";
import type { StatePort } from "./trace/trace-recurrent.js";
import { isStream, isTensor, notStreamableAt } from "./trace/traced.js";

/** A model whose memory goes through its inputs and outputs. */
export interface AdoptedModel {
  readonly bytes: Uint8Array;
  /** The states that the model had to be given; empty when it came with its state explicit. */
  readonly added: readonly StateRecord[];
  /** False when the file was as it had to be: `bytes` are its own. */
  readonly isChanged: boolean;
  /** False when a node that Eddy does not know might look at other steps: see `loadModelAs`, which tries it. */
  readonly isFollowed: boolean;
}

/**
 * Rewrites a model so that every recurrent node's initial_h and initial_c is an input of the graph, and its Y_h
 * and Y_c an output, with time and batch axes of any length. Names, shapes and first values of the states stand
 * in `metadata_props`. What only made the old initial states is taken out.
 *
 * @param options.name names the model in errors
 * @throws SyntaxError code `ONNX_UNREADABLE`
 * @throws TypeError code `ONNX_NOT_STREAMABLE` when a node needs more than the steps so far: which, and why
 */
export function adoptModel(bytes: Uint8Array, options: { readonly name: string }): AdoptedModel {
  const model = decodeModel(bytes, options);
  const isTurned = toTimeMajor(model.graph);
  const analysis = analyzeModel(model, options.name);
  requireStreams(analysis);
  const isFixed = hasFixed(analysis, "time") || hasFixed(analysis, "batch");
  const isFollowed = !analysis.trace || isStream(analysis.trace.values.get(analysis.signature.output.name));
  if (analysis.hidden.length === 0 && !isFixed && !isTurned) {
    return { bytes, added: [], isChanged: false, isFollowed };
  }

  const { graph } = model;
  if (isFixed) applyFixes(graph, analysis.trace?.fixes ?? [], analysis.signature.input.name, analysis.axes);
  const added = analysis.hidden.map((port) => makeExplicit(analysis, port));
  writeStateRecords(model, added);
  openAxes(analysis);
  graph.valueInfo = [];
  removeUnused(graph, analysis.signature.input.name);
  return { bytes: encodeModel(model), added, isChanged: true, isFollowed };
}

/** @throws TypeError code `ONNX_NOT_STREAMABLE` */
export function requireStreams({ obstacle, description }: Analysis): void {
  if (obstacle) throw notStreamableAt(obstacle, description.name);
}

/** A new input and output for one memory of a node. */
function makeExplicit(analysis: Analysis, port: StatePort): StateRecord {
  const { graph } = analysis.model;
  const { node, what, hidden, layout, directions } = port;
  if (!graph.node.includes(node)) {
    const reason = "it stands within an If, where its state cannot be made explicit";
    throw notStreamableAt({ cannot: "stream", node: port.name, reason }, analysis.description.name);
  }
  const cell = `${analysis.ports.filter((other) => other.what === "h").findIndex((other) => other.node === node)}`;
  const input = freeName(analysis, `initial_${what}_${cell}`);
  const output = freeName(analysis, `Y_${what}_${cell}`);
  const sizes: DimensionProto[] = [{ dimValue: directions.length }, { dimValue: hidden }];
  sizes.splice(layout === 1 ? 0 : 1, 0, { dimParam: batchName(analysis) });

  const weights = analysis.trace?.values.get(node.input[2] ?? "");
  const elemType = isTensor(weights) ? weights.type : FLOAT32;
  const info = (name: string): ValueInfoProto => ({
    name,
    type: { tensorType: { elemType, shape: { dim: sizes } } },
  });
  while (node.input.length <= port.input) node.input.push("");
  node.input[port.input] = input;
  graph.input.push(info(input));

  while (node.output.length <= port.output) node.output.push("");
  const old = node.output[port.output];
  const isOutput = old !== "" && graph.output.some(({ name }) => name === old);
  const isMain = old === analysis.signature.output.name;
  if (isOutput && !isMain) return record(port, input, old!, sizes);
  if (isMain) {
    // The model's answer is its state: the state gets a name of its own.
    node.output[port.output] = output;
    renameReads(analysis, old!, output);
    graph.node.push({
      input: [output],
      output: [old!],
      opType: "Identity",
      name: `${output}_answer`,
      attribute: [],
    });
  } else {
    node.output[port.output] = output;
    if (old) renameValue(graph, old, output);
  }
  graph.output.push(info(output));
  return record(port, input, output, sizes);
}

function renameReads({ model }: Analysis, from: string, to: string): void {
  for (const node of model.graph.node) node.input = node.input.map((name) => (name === from ? to : name));
}

function record(
  { name, initial }: StatePort,
  input: string,
  output: string,
  sizes: readonly DimensionProto[],
): StateRecord {
  return {
    node: name,
    input,
    output,
    shape: sizes.map(({ dimValue, dimParam }) => dimValue ?? dimParam ?? "?"),
    initial: initial.kind === "given" ? [...initial.values] : "zeros",
  };
}

function freeName({ model: { graph } }: Analysis, wanted: string): string {
  const taken = new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
  let name = wanted;
  while (taken.has(name)) name = `${name}_`;
  return name;
}

/** True when the file fixes the number of steps or sequences. */
function hasFixed({ axes, trace }: Analysis, role: "time" | "batch"): boolean {
  const isOpen = role === "time" ? trace?.marks.isTimeOpen : trace?.marks.isBatchOpen;
  return isOpen === false && (axes?.axes.some((axis) => hasRole(axis, role)) ?? false);
}

/** Name of the batch axis, in the data input too. */
function batchName({ description, signature, axes }: Analysis): string {
  const shape = description.inputs.find(({ name }) => name === signature.input.name)?.shape;
  const size = axes?.batch === undefined ? undefined : shape?.[axes.batch];
  return typeof size === "string" && size !== "?" ? size : "batch";
}

/** Time and batch axes of what goes in and out get names instead of lengths. */
function openAxes(analysis: Analysis): void {
  const { axes, model, signature, trace } = analysis;
  const data = model.graph.input.find(({ name }) => name === signature.input.name)?.type?.tensorType;
  if (axes && trace && data) {
    const old = data.shape?.dim ?? [];
    data.shape = { dim: axes.axes.map((axis, i) => dimension(axis, old[i], i === axes.time, analysis)) };
  }
  if (hasFixed(analysis, "batch")) openStates(analysis);
  for (const { name = "", type } of model.graph.output) {
    const value = trace?.values.get(name);
    if (!type?.tensorType || !isStream(value)) continue;
    const old = type.tensorType.shape?.dim ?? [];
    type.tensorType.shape = {
      dim: value.axes.map((axis, i) => dimension(axis, old[i], hasRole(axis, "time"), analysis)),
    };
  }
}

/** State inputs that came with the model, for a batch of any size. */
function openStates(analysis: Analysis): void {
  const names = new Set(analysis.signature.states.map(({ input }) => input.name));
  for (const { name = "", type } of analysis.model.graph.input) {
    for (const dim of (names.has(name) && type?.tensorType?.shape?.dim) || []) {
      if (dim.dimValue !== analysis.trace?.marks.batch) continue;
      delete dim.dimValue;
      dim.dimParam = batchName(analysis);
      break;
    }
  }
}

function dimension(
  axis: Axis,
  old: DimensionProto | undefined,
  isTime: boolean,
  analysis: Analysis,
): DimensionProto {
  if (isFeature(axis)) return axis.length === 0 && old ? old : { dimValue: lengthOf(axis) };
  if (old?.dimParam) return old;
  if (axis.length > 1) return {};
  return { dimParam: isTime ? "time" : batchName(analysis) };
}
