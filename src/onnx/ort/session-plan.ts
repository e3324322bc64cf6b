import type { Analysis } from "../analyze-model.js";
import type { TensorDescription } from "../describe-model.js";
import { notStreamable } from "../state-pairs.js";
import { readStateRecords } from "../state-records.js";
import { type Axis, hasRole, isFeature, lengthOf } from "../trace/axes.js";
import { isStream } from "../trace/traced.js";
import { elementsOf, isElementType, type SessionPlan, type SessionPort } from "./ort-session.js";

/**
 * How ONNX Runtime steps a model whose state is explicit.
 *
 * @throws TypeError code `ONNX_NOT_STREAMABLE`: a type that cannot be fed, a fixed window, nothing to carry
 */
export function sessionPlan(analysis: Analysis): SessionPlan {
  const { signature, description, axes, trace } = analysis;
  const { input, output, states } = signature;
  if (states.length === 0) throw notStreamable(description, "no state to carry from step to step");
  if (!axes) requireStepShape(analysis);
  const value = trace?.values.get(output.name);
  return {
    input: port(analysis, input, axes?.axes.map(lengthAt)),
    output: port(analysis, output, isStream(value) ? value.axes.map(lengthAt) : undefined),
    states: states.map((state) => ({
      input: port(analysis, state.input),
      output: port(analysis, state.output, openShape(state.input)),
    })),
  };
}

export function port(
  { description }: Analysis,
  tensor: TensorDescription,
  shape: SessionPort["shape"] = openShape(tensor),
): SessionPort {
  const { name, type } = tensor;
  if (!isElementType(type)) throw notStreamable(description, `${name} of type ${type}`);
  return { name, type, shape };
}

/** What has no fixed size is the batch; a second such axis, time. */
export function openShape({ shape }: TensorDescription): SessionPort["shape"] {
  const batch = shape.findLastIndex((length) => typeof length === "string");
  return shape.map((length, i) => (typeof length === "number" ? length : i === batch ? "batch" : 1));
}

function lengthAt(axis: Axis): number | "batch" {
  if (isFeature(axis)) return lengthOf(axis);
  return hasRole(axis, "batch") ? "batch" : 1;
}

/** Of graphs without recurrent nodes, whose axes say nothing: the data input takes one step of one sequence. */
function requireStepShape({ signature: { input }, description }: Analysis): void {
  const isFixedWindow = input.shape.slice(0, -1).some((size) => typeof size === "number" && size !== 1);
  if (isFixedWindow) throw notStreamable(description, `a fixed window of time or batch in ${input.name}`);
  if (typeof input.shape.at(-1) !== "number") {
    throw notStreamable(description, `no fixed size I in ${input.name}`);
  }
}

/** True when the plan can step several keys in one run. */
export function canBatch({ input, output, states }: SessionPlan): boolean {
  const ports = [input, output, ...states.flatMap((state) => [state.input, state.output])];
  return ports.every(({ shape }) => shape.includes("batch"));
}

/** [S] what the file says that the states hold at the start of a sequence, else zeros. */
export function initialState({ model, signature }: Analysis, plan: SessionPlan): Float64Array {
  const records = readStateRecords(model);
  const states = plan.states.map(({ input }, i) => {
    const size = elementsOf(input);
    const initial = records.find((record) => record.input === signature.states[i]!.input.name)?.initial;
    return initial && initial !== "zeros" && initial.length === size
      ? [...initial]
      : new Array<number>(size).fill(0);
  });
  return Float64Array.from(states.flat());
}
