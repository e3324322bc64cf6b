import { problem } from "../core/index.js";
import { formatTensor, type ModelDescription, type TensorDescription } from "./describe-model.js";

/** A state input and the output that holds its value after the step. */
export interface StatePair {
  readonly input: TensorDescription;
  readonly output: TensorDescription;
  /** Elements. */
  readonly size: number;
}

/** How a model with explicit state is stepped. */
export interface StreamingSignature {
  readonly input: TensorDescription;
  /** The first data output; a model's further ones are not computed. */
  readonly output: TensorDescription;
  /** In the order of the model's inputs. */
  readonly states: readonly StatePair[];
}

/** Words that only say "before the step" and "after the step". */
const BEFORE = new Set("in input init initial past prev previous old".split(" "));
const AFTER = new Set("out output final present next new y n".split(" "));

/** What the graph itself tells of its states, which no name can contradict. */
export interface KnownStates {
  /** Name of the data input. */
  readonly data?: string;
  /** Names of state inputs, each with the output that continues it. */
  readonly pairs: ReadonlyMap<string, string>;
  /** State inputs that no output continues. */
  readonly discontinued: ReadonlySet<string>;
}

/**
 * Finds which inputs are state, and which output continues each: first as the graph says; then by name, where two names belong
 * together that are equal without the words that only say "before" or "after" (`h0`/`hn`,
 * `initial_h`/`Y_h`, `state_in`/`state_out`, `past_kv`/`present_kv`); then, of what is left, by equal size
 * in order, the first input and the first output being data.
 *
 * @throws TypeError code `ONNX_NOT_STREAMABLE` unless exactly one input is left over as data
 */
export function pairStates(
  whole: ModelDescription,
  known: KnownStates = { pairs: new Map(), discontinued: new Set() },
): StreamingSignature {
  const model = { ...whole, inputs: whole.inputs.filter(({ name }) => !known.discontinued.has(name)) };
  const pairs = pairByGraph(model, known);
  const rest = {
    ...model,
    inputs: model.inputs.filter((input) => !pairs.has(input) && input.name !== known.data),
    outputs: model.outputs.filter((output) => ![...pairs.values()].includes(output)),
  };
  for (const [input, output] of pairByName(rest)) pairs.set(input, output);
  if (pairs.size === model.inputs.length) {
    // `audio_in`/`audio_out` beside `state_in`/`state_out`: the input that the first output goes with is data.
    for (const [input, output] of pairs) if (output === model.outputs[0]) pairs.delete(input);
  }

  const open = model.inputs.filter((candidate) => !pairs.has(candidate));
  const input = open.find(({ name }) => name === known.data) ?? open[0];
  const unpaired = open.filter((candidate) => candidate !== input);
  const taken = new Set(pairs.values());
  // A model may answer with its state alone.
  const output =
    model.outputs.find((candidate) => !taken.has(candidate)) ?? (known.data ? model.outputs[0] : undefined);
  if (output) taken.add(output);
  for (const state of unpaired) {
    const next = model.outputs.find((candidate) => !taken.has(candidate) && isSameSize(state, candidate));
    if (next === undefined) throw notStreamable(model, `no output that continues the input ${state.name}`);
    taken.add(next);
    pairs.set(state, next);
  }
  if (input === undefined || output === undefined) {
    throw notStreamable(model, "no data input and output beside the state");
  }

  const states = model.inputs.flatMap((candidate) => {
    const next = pairs.get(candidate);
    return next === undefined ? [] : [{ input: candidate, output: next, size: elements(candidate) }];
  });
  return { input, output, states };
}

/** Elements of one time step of one sequence: dimensions that are not fixed are batch and time, 1. */
export function elements(tensor: TensorDescription): number {
  return tensor.shape.reduce<number>((product, size) => product * (typeof size === "number" ? size : 1), 1);
}

function pairByGraph(model: ModelDescription, known: KnownStates): Map<TensorDescription, TensorDescription> {
  const pairs = new Map<TensorDescription, TensorDescription>();
  for (const input of model.inputs) {
    const output = model.outputs.find(({ name }) => name === known.pairs.get(input.name));
    if (output) pairs.set(input, output);
  }
  return pairs;
}

function pairByName(model: ModelDescription): Map<TensorDescription, TensorDescription> {
  const pairs = new Map<TensorDescription, TensorDescription>();
  for (const input of model.inputs) {
    const stem = stemOf(input.name, BEFORE, "0");
    const matches = model.outputs.filter((output) => stemOf(output.name, AFTER, "") === stem);
    const [output] = matches;
    // Names without a letter left (`input_1`, `output_1`) say nothing.
    if (output && matches.length === 1 && /\p{L}/u.test(stem) && isSameSize(input, output)) {
      pairs.set(input, output);
    }
  }
  // Two inputs for one output: the names do not decide.
  const uses = [...pairs.values()];
  for (const [input, output] of pairs) {
    if (uses.filter((other) => other === output).length > 1) pairs.delete(input);
  }
  return pairs;
}

/**
 * A name without the words of `roles`; `time0` stands for "before" only where no other word does, so that
 * `h0_in` keeps its layer's number.
 */
function stemOf(name: string, roles: ReadonlySet<string>, time0: string): string {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2") // stateN
    .toLowerCase()
    .replace(/(\p{L})(\d)/gu, "$1 $2") // h0
    .replace(/\b(h|c)n\b/g, "$1 n") // hn, cn
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
  const stem = words.filter((word) => !roles.has(word));
  if (stem.length === words.length && stem.at(-1) === time0) stem.pop();
  return stem.join(" ");
}

function isSameSize(a: TensorDescription, b: TensorDescription): boolean {
  return elements(a) === elements(b);
}

export function notStreamable(model: ModelDescription, found: string): Error {
  const inputs = model.inputs.map(formatTensor).join(", ") || "none";
  const outputs = model.outputs.map(formatTensor).join(", ") || "none";
  return problem(TypeError, {
    code: "ONNX_NOT_STREAMABLE",
    action: "stream",
    on: `ONNX model "${model.name}"`,
    expected:
      "float32 inputs, one of them data [batch, time, I], every other a state with an output for its next value",
    found: `${found} (inputs: ${inputs}; outputs: ${outputs})`,
  });
}
