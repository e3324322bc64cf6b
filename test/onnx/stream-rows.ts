import type { RecurrentModel } from "../../src/cells/index.js";

/** Steps rows [T] [I] through a model from the start of a sequence; returns the outputs [T] [O]. */
export async function streamRows(
  model: RecurrentModel,
  rows: readonly ArrayLike<number>[],
): Promise<number[][]> {
  const state = Float64Array.from(model.initialState ?? new Float64Array(model.stateSize));
  const outputs: number[][] = [];
  for (const row of rows) {
    const output = new Float64Array(model.outputs);
    await model.step(output, state, Float64Array.from(row));
    outputs.push([...output]);
  }
  return outputs;
}

/** max |a - b| / max(1, |b|); infinite when the shapes differ. */
export function largestError(a: readonly (readonly number[])[], b: readonly ArrayLike<number>[]): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (const [t, row] of a.entries()) {
    const other = b[t]!;
    if (row.length !== other.length) return Infinity;
    for (const [i, value] of row.entries()) {
      const error = Math.abs(value - other[i]!) / Math.max(1, Math.abs(other[i]!));
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}
