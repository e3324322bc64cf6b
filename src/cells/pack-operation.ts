import { gateRows, packGru, packPanels, sumBiases } from "./pack-weights.js";
import type { Operation, RecurrentOperation, StepGraph } from "./step-graph.js";

/** The arrays that an operation's kernel reads, in the order it takes them. */
export function packOperation({ sizes }: StepGraph, operation: Operation): readonly Float32Array[] {
  switch (operation.kind) {
    case "recurrent":
      return packedCell(operation, sizes[operation.input]!);
    case "dense": {
      const O = sizes[operation.output]!;
      const rows = Array.from({ length: O }, (_, row) => row);
      const { weight, bias = new Float32Array(O) } = operation;
      return [packPanels(rows, bias, { matrix: weight, columns: sizes[operation.input]! })];
    }
    case "layer-norm":
      return [Float32Array.from([...operation.scale, ...operation.bias])];
    default:
      return [];
  }
}

function packedCell(operation: RecurrentOperation, I: number): readonly Float32Array[] {
  const { cell, hidden: H, weights, resetAfter = true } = operation;
  if (cell === "gru" && resetAfter) return [packGru(weights, I, H)];
  const gates = (from: number, to: number) =>
    packPanels(
      gateRows(from, to, H),
      sumBiases(weights),
      { matrix: weights.weightIh, columns: I },
      { matrix: weights.weightHh, columns: H },
    );
  if (cell === "rnn") return [gates(0, 1)];
  if (cell === "gru") return [gates(0, 2), gates(2, 3)];
  if (weights.peephole === undefined) return [gates(0, 4)];
  const { peephole } = weights;
  return [gates(0, 4), Float32Array.from(gateRows(0, 3, H), (row) => (row < 0 ? 0 : peephole[row]!))];
}
