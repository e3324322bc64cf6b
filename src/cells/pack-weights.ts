import type { CellWeights } from "./step-graph.js";

/** A matrix whose rows are packed. */
interface Part {
  /** [rows, columns] */
  readonly matrix: Float32Array;
  readonly columns: number;
}

/** The next multiple. */
export function roundUp(size: number, multiple: number): number {
  return Math.ceil(size / multiple) * multiple;
}

/**
 * Weights of y = bias + W x + U h as the kernel's `affineRow` takes them: panels of 16 outputs,
 * [P][1 + I + H][16], the bias first.
 *
 * @param rows which row of `bias`, W and U each output is; -1: zeros
 * @param bias [R]
 */
export function packPanels(
  rows: readonly number[],
  bias: ArrayLike<number>,
  ...parts: readonly Part[]
): Float32Array {
  const K = parts.reduce((sum, { columns }) => sum + columns, 0);
  const panels = Math.ceil(rows.length / 16);
  const packed = new Float32Array(panels * (1 + K) * 16);
  rows.forEach((row, n) => {
    if (row < 0) return;
    let at = Math.floor(n / 16) * (1 + K) * 16 + (n % 16);
    packed[at] = bias[row]!;
    for (const { matrix, columns } of parts) {
      for (let k = 0; k < columns; k++) {
        at += 16;
        packed[at] = matrix[row * columns + k]!;
      }
    }
  });
  return packed;
}

/**
 * Weights of a GRU with the reset gate after the product, as the kernel's `gruRow` takes them: blocks of 8
 * units that hold r, z and n side by side, [blocks][32 + 24 (I + H)].
 */
export function packGru(weights: CellWeights, I: number, H: number): Float32Array {
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  const size = 32 + 24 * (I + H);
  const packed = new Float32Array(Math.ceil(H / 8) * size);
  for (let unit = 0; unit < H; unit++) {
    const block = Math.floor(unit / 8) * size;
    const lane = unit % 8;
    for (let gate = 0; gate < 3; gate++) {
      const row = gate * H + unit;
      let at = block + gate * 8 + lane;
      packed[at] = gate < 2 ? biasIh[row]! + biasHh[row]! : biasIh[row]!;
      at += 32;
      for (let k = 0; k < I; k++, at += 24) packed[at] = weightIh[row * I + k]!;
      for (let k = 0; k < H; k++, at += 24) packed[at] = weightHh[row * H + k]!;
    }
    packed[block + 24 + lane] = biasHh[2 * H + unit]!;
  }
  return packed;
}

/** Rows of gates [from, to) of a cell, each gate filled up with -1 to a multiple of 8 units. */
export function gateRows(from: number, to: number, H: number): number[] {
  const padded = roundUp(H, 8);
  return Array.from({ length: (to - from) * padded }, (_, n) => {
    const unit = n % padded;
    return unit < H ? (from + Math.floor(n / padded)) * H + unit : -1;
  });
}

/** b_ih + b_hh, in float32. */
export function sumBiases({ biasIh, biasHh }: CellWeights): Float32Array {
  return biasIh.map((bias, i) => bias + biasHh[i]!);
}
