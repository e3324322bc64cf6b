import { problem } from "../core/index.js";
import { formatTensor, type ModelDescription, type NodeDescription } from "./describe-model.js";
import { notStreamable, type StreamingSignature } from "./state-pairs.js";

/** Inputs of a recurrent node that hold its state before the first step, by operator (ONNX: initial_h, initial_c). */
const INITIAL_STATES: Readonly<Record<string, readonly number[]>> = { RNN: [5], GRU: [5], LSTM: [5, 6] };

/**
 * Makes sure that a model can be stepped one event at a time.
 *
 * @throws TypeError code `ONNX_NOT_STREAMABLE`: not float32, a fixed window, a node that reads backwards,
 *   nothing to carry from step to step
 * @throws TypeError code `ONNX_STATE_HIDDEN`: a recurrent node's state is not an input of the model
 */
export function requireStreamable(model: ModelDescription, signature: StreamingSignature): void {
  requireStepShape(model, signature);
  requireExplicitState(model, signature);
  if (signature.states.length === 0) throw notStreamable(model, "no state to carry from step to step");
}

/** Everything is float32, and the data input takes one time step of one sequence. */
function requireStepShape(model: ModelDescription, signature: StreamingSignature): void {
  const { input, output, states } = signature;
  const tensors = [input, output, ...states.flatMap((state) => [state.input, state.output])];
  const other = tensors.find((tensor) => tensor.type !== "float32");
  if (other) throw notStreamable(model, `${other.name} of type ${other.type}`);
  const isFixedWindow = input.shape.slice(0, -1).some((size) => typeof size === "number" && size !== 1);
  if (isFixedWindow) throw notStreamable(model, `a fixed window of time or batch in ${input.name}`);
  if (typeof input.shape.at(-1) !== "number") throw notStreamable(model, `no fixed size I in ${input.name}`);
}

/**
 * Makes sure that all memory of a model goes through its state inputs: a recurrent node that starts from
 * zeros of its own would forget at every step, and give numbers that look right and are not.
 */
function requireExplicitState(model: ModelDescription, signature: StreamingSignature): void {
  const recurrent = model.nodes.filter((node) => node.operator in INITIAL_STATES);

  const backwards = recurrent.find((node) => node.direction !== "forward");
  if (backwards) {
    throw notStreamable(
      model,
      `the ${backwards.direction} node ${nodeName(backwards)}, which needs the whole sequence`,
    );
  }

  const fromState = reachedFrom(
    signature.states.map((state) => state.input.name),
    model.nodes,
  );
  const hidden = recurrent.filter((node) =>
    INITIAL_STATES[node.operator]?.some((index) => !fromState.has(node.inputs[index] ?? "")),
  );
  if (hidden.length > 0) {
    throw problem(TypeError, {
      code: "ONNX_STATE_HIDDEN",
      action: "stream",
      on: `ONNX model "${model.name}"`,
      expected: "the state of every recurrent node among the model's inputs and outputs",
      found:
        `${hidden.map(nodeName).join(", ")} without; making state explicit is not built yet: ` +
        `export the model with its state as inputs and outputs ` +
        `(inputs: ${model.inputs.map(formatTensor).join(", ")}; outputs: ${model.outputs.map(formatTensor).join(", ")})`,
    });
  }
}

/** Names of all values that are computed from the values of any of `names`, these included. */
function reachedFrom(names: readonly string[], nodes: readonly NodeDescription[]): ReadonlySet<string> {
  const reached = new Set(names);
  // One pass is enough: ONNX demands that nodes stand in topological order.
  for (const node of nodes) {
    // Zeros in the shape of a state are not that state.
    if (node.operator === "Shape" || !node.inputs.some((input) => reached.has(input))) continue;
    for (const output of node.outputs) reached.add(output);
  }
  return reached;
}

function nodeName(node: NodeDescription): string {
  return `${node.operator} ${node.name || node.outputs.find((output) => output !== "") || ""}`.trim();
}
