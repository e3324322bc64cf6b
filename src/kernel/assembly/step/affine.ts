/*
 * y = b + W x + U h, for one row and for many.
 *
 * Weights are packed in panels of 16 outputs: [P][1 + I + H][16], the bias first. Every output has one
 * accumulator that takes bias, x[0], x[1], ..., h[0], h[1], ... in this order, so that a row gives the same
 * bits alone and among others.
 */

/** Bytes of a panel's row. */
// @ts-ignore: decorator
@inline const ROW: usize = 64;

/**
 * One row. Four accumulators; more than six, or a loop that takes several k at once, spill in V8.
 *
 * @param y       [N], overwritten
 * @param x       [I]
 * @param h       [H]
 * @param weights panels
 * @param N       outputs, a multiple of 16
 */
export function affineRow(y: usize, x: usize, I: usize, h: usize, H: usize, weights: usize, N: usize): void {
  let w = weights;
  const xEnd = x + (I << 2);
  const hEnd = h + (H << 2);
  for (const end = y + (N << 2); y < end; y += ROW) {
    let a0 = v128.load(w);
    let a1 = v128.load(w, 16);
    let a2 = v128.load(w, 32);
    let a3 = v128.load(w, 48);
    w += ROW;
    for (let p = x; p < xEnd; p += 4) {
      const value = v128.load32_splat(p);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(w), value));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(w, 16), value));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(w, 32), value));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(w, 48), value));
      w += ROW;
    }
    for (let p = h; p < hEnd; p += 4) {
      const value = v128.load32_splat(p);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(w), value));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(w, 16), value));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(w, 32), value));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(w, 48), value));
      w += ROW;
    }
    v128.store(y, a0);
    v128.store(y, a1, 16);
    v128.store(y, a2, 32);
    v128.store(y, a3, 48);
  }
}

/**
 * Groups of four rows; the weights of a panel serve all groups before the next panel is read.
 *
 * @param y       [4 groups, N], rows `stride` bytes apart, overwritten
 * @param K       I + H
 * @param inputs  [groups][K][4]: see `interleave`
 * @param weights panels
 * @param N       outputs, a multiple of 16
 */
export function affineQuads(
  y: usize, stride: usize, inputs: usize, K: usize, groups: usize, weights: usize, N: usize,
): void {
  const size = K << 4;
  for (let w = weights, end = y + (N << 2); y < end; y += ROW) {
    for (let g: usize = 0; g < groups; g++) {
      const at = y + g * (stride << 2);
      pair(at, stride, w, w + ROW, ROW, inputs + g * size, K);
      pair(at + (stride << 1), stride, w, w + ROW, ROW, inputs + g * size + 8, K);
    }
    w += ROW * (1 + K);
  }
}

/**
 * Four rows of eight outputs: y[row][j] = bias[j] + sum over k of w[k][j] inputs[k][row].
 *
 * @param y      [4, 8], rows `stride` bytes apart, overwritten
 * @param bias   [8]
 * @param w      [K][8], rows `step` bytes apart
 * @param inputs [K][4]
 */
export function quad(y: usize, stride: usize, bias: usize, w: usize, step: usize, inputs: usize, K: usize): void {
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let a1 = a0, b1 = b0, a2 = a0, b2 = b0, a3 = a0, b3 = b0;
  for (const end = inputs + (K << 4); inputs < end; inputs += 16) {
    const a = v128.load(w);
    const b = v128.load(w, 16);
    const x0 = v128.load32_splat(inputs);
    a0 = f32x4.add(a0, f32x4.mul(a, x0));
    b0 = f32x4.add(b0, f32x4.mul(b, x0));
    const x1 = v128.load32_splat(inputs, 4);
    a1 = f32x4.add(a1, f32x4.mul(a, x1));
    b1 = f32x4.add(b1, f32x4.mul(b, x1));
    const x2 = v128.load32_splat(inputs, 8);
    a2 = f32x4.add(a2, f32x4.mul(a, x2));
    b2 = f32x4.add(b2, f32x4.mul(b, x2));
    const x3 = v128.load32_splat(inputs, 12);
    a3 = f32x4.add(a3, f32x4.mul(a, x3));
    b3 = f32x4.add(b3, f32x4.mul(b, x3));
    w += step;
  }
  v128.store(y, a0);
  v128.store(y, b0, 16);
  y += stride;
  v128.store(y, a1);
  v128.store(y, b1, 16);
  y += stride;
  v128.store(y, a2);
  v128.store(y, b2, 16);
  y += stride;
  v128.store(y, a3);
  v128.store(y, b3, 16);
}

/**
 * Two rows of sixteen outputs.
 *
 * @param inputs [K][2], k 16 bytes apart
 */
export function pair(y: usize, stride: usize, bias: usize, w: usize, step: usize, inputs: usize, K: usize): void {
  let a0 = v128.load(bias), b0 = v128.load(bias, 16), c0 = v128.load(bias, 32), d0 = v128.load(bias, 48);
  let a1 = a0, b1 = b0, c1 = c0, d1 = d0;
  for (const end = inputs + (K << 4); inputs < end; inputs += 16) {
    const x0 = v128.load32_splat(inputs);
    const x1 = v128.load32_splat(inputs, 4);
    const a = v128.load(w);
    a0 = f32x4.add(a0, f32x4.mul(a, x0));
    a1 = f32x4.add(a1, f32x4.mul(a, x1));
    const b = v128.load(w, 16);
    b0 = f32x4.add(b0, f32x4.mul(b, x0));
    b1 = f32x4.add(b1, f32x4.mul(b, x1));
    const c = v128.load(w, 32);
    c0 = f32x4.add(c0, f32x4.mul(c, x0));
    c1 = f32x4.add(c1, f32x4.mul(c, x1));
    const d = v128.load(w, 48);
    d0 = f32x4.add(d0, f32x4.mul(d, x0));
    d1 = f32x4.add(d1, f32x4.mul(d, x1));
    w += step;
  }
  v128.store(y, a0);
  v128.store(y, b0, 16);
  v128.store(y, c0, 32);
  v128.store(y, d0, 48);
  y += stride;
  v128.store(y, a1);
  v128.store(y, b1, 16);
  v128.store(y, c1, 32);
  v128.store(y, d1, 48);
}

/**
 * Writes four rows side by side, [N][4], in steps of four elements: rows may be read, and `to` written, up to
 * the next multiple of four.
 */
export function interleave(to: usize, row0: usize, row1: usize, row2: usize, row3: usize, N: usize): void {
  for (const end = to + (N << 4); to < end; to += 64) {
    const a = v128.load(row0);
    const b = v128.load(row1);
    const c = v128.load(row2);
    const d = v128.load(row3);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(abLow, cdLow, 0, 2));
    v128.store(to, v128.shuffle<f64>(abLow, cdLow, 1, 3), 16);
    v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2), 32);
    v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3), 48);
    row0 += 16;
    row1 += 16;
    row2 += 16;
    row3 += 16;
  }
}
