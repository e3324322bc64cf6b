import type { Cell } from "./cell.js";

/** One cell's part in one time step of one sequence: views into a trace's buffers. */
export interface Frame {
  /** [S] state before the step */
  readonly before: Float64Array;
  /** [S] state after it */
  readonly after: Float64Array;
  /** [H] the first H elements of `after`: the cell's output */
  readonly h: Float64Array;
  /** [K] */
  readonly kept: Float64Array;
  /** [S] dL/dafter, from the way back */
  readonly dAfter: Float64Array;
}

/**
 * What a pass over [B, T] leaves behind, allocated once and used again.
 *
 * Per cell: states before and after each step, [B, T, S] each (what follows a new beginning differs from
 * what went before it), the gradients of those after, and kept [B, T, K]. Per layer: its outputs, [B, T, D H].
 */
export class Trace {
  /** By cell, then b T + t. */
  readonly #frames: readonly (readonly Frame[])[];
  /** By layer, then b T + t: [D H]. With one direction these are the frames' h. */
  readonly #outputs: readonly (readonly Float64Array[])[];

  /** @param layers the network's cells, layer by layer from the lowest */
  constructor(layers: readonly (readonly Cell[])[], batch: number, steps: number) {
    const rows = batch * steps;
    this.#frames = layers.flat().map((cell) => frames(cell, rows));
    this.#outputs = layers.map((cells, layer) => {
      const [only] = cells;
      if (cells.length === 1 && only) return this.#frames[layer]!.map(({ h }) => h);
      const width = cells.reduce((sum, { hidden }) => sum + hidden, 0);
      return rowsOf(new Float64Array(rows * width), width, rows);
    });
  }

  /** @param index b T + t */
  frame(cell: number, index: number): Frame {
    return this.#frames[cell]![index]!;
  }

  /** What a layer gives at a step, [D H]. */
  output(layer: number, index: number): Float64Array {
    return this.#outputs[layer]![index]!;
  }
}

function frames(cell: Cell, rows: number): Frame[] {
  const { stateSize: S, keptSize: K, hidden } = cell;
  const before = rowsOf(new Float64Array(rows * S), S, rows);
  const after = rowsOf(new Float64Array(rows * S), S, rows);
  const dAfter = rowsOf(new Float64Array(rows * S), S, rows);
  const kept = rowsOf(new Float64Array(rows * K), K, rows);
  return before.map((row, index) => ({
    before: row,
    after: after[index]!,
    h: after[index]!.subarray(0, hidden),
    kept: kept[index]!,
    dAfter: dAfter[index]!,
  }));
}

function rowsOf(values: Float64Array, width: number, rows: number): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width));
}
