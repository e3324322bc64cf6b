import type { CellKind } from "./cell.js";
import { directionCount, gateCount, layerInputs, type NetworkShape } from "./network-shape.js";

/** A matrix [N, K] in the kernel's packed form, [N / lanes][K4][lanes]; N is a multiple of lanes, K4 one of 4. */
export interface PackedMatrix {
  /** Outputs side by side: 16, or of heads that have no more, 4. */
  readonly lanes: 4 | 16;
  /** Where it begins, in elements. */
  readonly at: number;
  readonly N: number;
  readonly K: number;
  readonly K4: number;
}

export interface PackedCell {
  /** Elements of a gate: H, padded to a multiple of 16. */
  readonly width: number;
  /** One for each thing that the cell sees: the input, or the cells of the layer below. */
  readonly weightIh: readonly PackedMatrix[];
  readonly weightHh: PackedMatrix;
  /** [G, width] each */
  readonly biasIh: number;
  readonly biasHh: number;
  /** [3, width] */
  readonly peephole?: number;
}

export interface PackedHead {
  readonly weight: readonly PackedMatrix[];
  readonly bias: number;
  /** O, padded to a multiple of 16: elements of the bias, and of a row of outputs. */
  readonly width: number;
}

/**
 * How a network's weights lie in the kernel: packed for its products, padded with zeros that stay zero
 * since nothing ever gives them a gradient.
 */
export interface KernelLayout {
  /** Elements in all, a multiple of 16. */
  readonly length: number;
  readonly cells: readonly PackedCell[];
  readonly head: PackedHead;
  /** [N] where each weight stands, in the order of PyTorch's parameters */
  readonly place: Int32Array;
}

/** Where gates stand among the rows of W_ih and W_hh; PyTorch has them as i, f, g, o and r, z, n. */
const GATE_PLACES: Readonly<Record<CellKind, { ih: readonly number[]; hh: readonly number[] }>> = {
  rnn: { ih: [0], hh: [0] },
  // x: n, r, z; h: r, z, n (see assembly/training/gru.ts).
  gru: { ih: [1, 2, 0], hh: [0, 1, 2] },
  lstm: { ih: [0, 1, 2, 3], hh: [0, 1, 2, 3] },
};

/** The next multiple of 16 (or another power of two). */
export function padded(size: number, multiple = 16): number {
  return Math.ceil(size / multiple) * multiple;
}

export function kernelLayout(shape: NetworkShape): KernelLayout {
  const { hidden: H, outputs: O } = shape;
  const D = directionCount(shape);
  const width = padded(H);
  const rows = gateCount(shape.cell) * width;
  const places = GATE_PLACES[shape.cell];
  const gateRows = (order: readonly number[]) =>
    order.flatMap((gate) => Array.from({ length: H }, (_, unit) => gate * width + unit));
  const ih = gateRows(places.ih);
  const hh = gateRows(places.hh);
  const pack = new Packer();

  const cells = Array.from({ length: D * shape.layers }, (_, index): PackedCell => {
    const layer = Math.floor(index / D);
    const inputs = layerInputs(shape, layer);
    return {
      width,
      weightIh: pack.matrix(ih, rows, layer === 0 ? [inputs] : Array<number>(D).fill(H)),
      weightHh: pack.matrix(hh, rows, [H])[0]!,
      biasIh: pack.vector(ih, rows),
      biasHh: pack.vector(hh, rows),
      ...(shape.peepholes === true ? { peephole: pack.vector(gateRows([0, 1, 2]), 3 * width) } : {}),
    };
  });
  const outputs = Array.from({ length: O }, (_, output) => output);
  const head = {
    weight: pack.matrix(outputs, O <= 4 ? 4 : padded(O), Array<number>(D).fill(H), O <= 4 ? 4 : 16),
    bias: pack.vector(outputs, padded(O)),
    width: padded(O),
  };
  return { length: pack.length, cells, head, place: Int32Array.from(pack.place) };
}

class Packer {
  length = 0;
  readonly place: number[] = [];

  /**
   * @param rowPlaces where each of the parameter's rows stands among the N packed ones
   * @param widths    its columns, by what they are multiplied with
   */
  matrix(
    rowPlaces: readonly number[],
    N: number,
    widths: readonly number[],
    lanes: 4 | 16 = 16,
  ): readonly PackedMatrix[] {
    const parts = widths.map((K): PackedMatrix => {
      const part = { at: this.length, lanes, N, K, K4: padded(K, 4) };
      this.length += N * part.K4;
      return part;
    });
    for (const row of rowPlaces) {
      for (const { at, K, K4 } of parts) {
        const first = at + lanes * K4 * Math.floor(row / lanes) + (row % lanes);
        for (let k = 0; k < K; k++) this.place.push(first + lanes * k);
      }
    }
    return parts;
  }

  vector(places: readonly number[], N: number): number {
    const at = this.length;
    this.length += N;
    for (const row of places) this.place.push(at + row);
    return at;
  }
}
