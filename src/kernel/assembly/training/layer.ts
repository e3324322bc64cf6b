import { multiply, multiplyGradient } from "./matrix";

/*
 * One recurrent layer, one direction, over B sequences of T steps. H units are padded to W, a multiple of
 * 16; padded weights are zero and stay so. A row belongs to a time step of a sequence, [T, B]; rows are
 * 64 bytes longer than their elements, lest rows of one column share a cache set.
 *
 * Rows of h (and c, dH, dC) are one time step more than T: before step t stands row block t, after it t + 1;
 * a layer that reads from the end has them the other way round, and starts at block T.
 */

/** What the host fills in, as 32-bit words in this order. */
@unmanaged
export class Layer {
  T: i32;
  B: i32;
  H: i32;
  /** W: H padded to a multiple of 16. */
  width: i32;
  isReverse: i32;
  /** [T, B] u8: 1 where a sequence starts from zeros; 0: nowhere. */
  begins: usize;
  /** [T, B, ...]: first what the gates sum up, then their values, at last their gradients. */
  gates: usize;
  /** [T + 1, B, W] */
  h: usize;
  /** [T + 1, B, W], of LSTMs */
  c: usize;
  /** [T + 1, B, W] dL/dh: from above, and in the course from later steps */
  dH: usize;
  /** [T + 1, B, W] dL/dc from later steps, of LSTMs */
  dC: usize;
  /** [B, W] dL/d(r h), of GRUs with the reset before */
  carried: usize;
  /** [W] zeros */
  zeros: usize;
  /** W_hh [G W, H], packed */
  weightHh: usize;
  /** its packed transpose [H, G W] */
  weightHhT: usize;
  /** [3 W] p_i, p_f, p_o, of LSTMs; 0: none */
  peephole: usize;
  /** Of RNNs: 0 tanh, 1 relu, 2 sigmoid. */
  nonlinearity: i32;
  /** dL/dW_hh, packed; added to */
  dWeightHh: usize;
  /** dL/dpeephole; added to */
  dPeephole: usize;

  /** Bytes of a row of h. */
  @inline get hRow(): usize {
    return (<usize>this.width << 2) + 64;
  }

  /** Bytes from block to block of W_hh. */
  @inline get block(): usize {
    return <usize>((this.H + 3) & ~3) << 6;
  }

  /** Bytes from block to block of its transpose, of G gates. */
  @inline transposedBlock(G: i32): usize {
    return <usize>(G * this.width) << 6;
  }

  /** The time step that is read as the i-th. */
  @inline at(i: i32): i32 {
    return this.isReverse ? this.T - 1 - i : i;
  }

  /** Rows, of h and alike, before step t. */
  @inline before(rows: usize, t: i32): usize {
    return rows + <usize>((t + this.isReverse) * this.B) * this.hRow;
  }

  /** Rows after step t. */
  @inline after(rows: usize, t: i32): usize {
    return rows + <usize>((t + 1 - this.isReverse) * this.B) * this.hRow;
  }

  /** [B] where sequences start at step t, 0: nowhere. Read from the end, they start where the next one begins. */
  @inline starts(t: i32): usize {
    if (!this.begins || t + this.isReverse >= this.T) return 0;
    return this.begins + <usize>((t + this.isReverse) * this.B);
  }
}

/** Whether sequence b starts here, from zeros. */
// @ts-ignore: decorator
@inline
export function startsAt(starts: usize, b: i32): bool {
  return starts != 0 && load<u8>(starts + b) != 0;
}

/** `multiply` for one step's B rows, but for sequences that start here: nothing reaches them from before. */
export function multiplyCarried(
  starts: usize,
  y: usize,
  yRow: usize,
  x: usize,
  xRow: usize,
  w: usize,
  wBlock: usize,
  rows: i32,
  K: i32,
  blocks: i32,
): void {
  for (let from = 0; from < rows; ) {
    let to = from;
    while (to < rows && !startsAt(starts, to)) to++;
    const y0 = y + <usize>from * yRow;
    const x0 = x + <usize>from * xRow;
    if (to > from) multiply(y0, yRow, x0, xRow, w, wBlock, to - from, K, blocks);
    from = to + 1;
  }
}

/** dW_hh, by which dY [T, B, ...] depends on the h before, but for sequences that start from zeros. */
export function carriedGradient(
  layer: Layer,
  dW: usize,
  dY: usize,
  yRow: usize,
  blocks: i32,
): void {
  const rows = layer.T * layer.B;
  const x = layer.before(layer.h, 0);
  const hRow = layer.hRow;
  const block = layer.block;
  const H = layer.H;
  if (!layer.begins) {
    multiplyGradient(dW, block, dY, yRow, x, hRow, rows, H, blocks);
    return;
  }
  for (let from = 0; from < rows; ) {
    let to = from;
    while (to < rows && !startsAt(layer.starts(to / layer.B), to % layer.B)) to++;
    const y0 = dY + <usize>from * yRow;
    const x0 = x + <usize>from * hRow;
    if (to > from) multiplyGradient(dW, block, y0, yRow, x0, hRow, to - from, H, blocks);
    from = to + 1;
  }
}
