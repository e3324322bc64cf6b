import type { RecurrentOperation } from "../cells/index.js";
import { gatesToOnnx, peepholesToOnnx } from "./gate-order.js";
import { intAttribute, textAttribute, textsAttribute } from "./proto/attributes.js";
import type { AttributeProto } from "./proto/model-proto.js";
import { type Tensor, tensor } from "./proto/tensor.js";

const GATES = { rnn: 1, gru: 3, lstm: 4 };
const ACTIVATIONS = { tanh: "Tanh", relu: "Relu", sigmoid: "Sigmoid" };

/** W [1, G H, I], R [1, G H, H], B [1, 2 G H] and, with peepholes, P [1, 3 H] of a recurrent node, in ONNX's order. */
export function recurrentWeights({
  cell,
  hidden,
  weights,
}: Pick<RecurrentOperation, "cell" | "hidden" | "weights">): {
  readonly W: Tensor;
  readonly R: Tensor;
  readonly B: Tensor;
  readonly P?: Tensor;
} {
  const { weightIh, weightHh, biasIh, biasHh, peephole } = weights;
  const rows = GATES[cell] * hidden;
  const biases = new Float32Array(2 * rows);
  biases.set(gatesToOnnx(cell, biasIh));
  biases.set(gatesToOnnx(cell, biasHh), rows);
  return {
    W: tensor([1, rows, weightIh.length / rows], gatesToOnnx(cell, weightIh)),
    R: tensor([1, rows, hidden], gatesToOnnx(cell, weightHh)),
    B: tensor([1, 2 * rows], biases),
    ...(peephole ? { P: tensor([1, 3 * hidden], peepholesToOnnx(peephole)) } : {}),
  };
}

export function recurrentAttributes(
  operation: Pick<RecurrentOperation, "cell" | "hidden" | "direction" | "nonlinearity" | "resetAfter">,
): AttributeProto[] {
  const { cell, hidden, direction, nonlinearity = "tanh", resetAfter = true } = operation;
  return [
    intAttribute("hidden_size", hidden),
    ...(direction === "reverse" ? [textAttribute("direction", "reverse")] : []),
    ...(cell === "rnn" ? [textsAttribute("activations", [ACTIVATIONS[nonlinearity]])] : []),
    ...(cell === "gru" ? [intAttribute("linear_before_reset", resetAfter ? 1 : 0)] : []),
  ];
}
