/*
 * Products of matrices for training. Weights W [N, K] are packed in blocks of 16 outputs,
 * [N / 16][K][16]: at each k stand the weights of 16 outputs side by side. Rows of activations are
 * row-major with any stride; strides and steps between blocks are in bytes.
 */

/** Bytes of 16 weights of one k. */
// @ts-ignore: decorator
@inline const STEP: usize = 64;

/** Rows whose gradients are summed in one go: they and their inputs stay in the first-level cache. */
// @ts-ignore: decorator
@inline export const CHUNK: i32 = 56;

/**
 * Y += X W^T: each output is one sum, from what stands in Y on through k = 0, 1, ..., K - 1, however
 * many rows there are.
 *
 * Two rows by 16 outputs at a time: 8 sums, 4 loads of weights and 2 of inputs fill the registers. The test
 * stands at the loop's end (K is at least 1): one jump a turn instead of two, 3 % of a training step.
 *
 * @param y [rows, 16 blocks]
 * @param x [rows, K]
 * @param w packed; `wBlock` bytes from block to block
 */
export function multiply(
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
  for (let block = 0; block < blocks; block++) {
    const end = w + <usize>K * STEP;
    let y0 = y;
    let xs = x;
    let row = 0;
    for (; row + 2 <= rows; row += 2) {
      const y1 = y0 + yRow;
      let a0 = v128.load(y0);
      let a1 = v128.load(y0, 16);
      let a2 = v128.load(y0, 32);
      let a3 = v128.load(y0, 48);
      let b0 = v128.load(y1);
      let b1 = v128.load(y1, 16);
      let b2 = v128.load(y1, 32);
      let b3 = v128.load(y1, 48);
      let x0 = xs;
      let x1 = xs + xRow;
      let k = w;
      do {
        const w0 = v128.load(k);
        const w1 = v128.load(k, 16);
        const w2 = v128.load(k, 32);
        const w3 = v128.load(k, 48);
        const s0 = v128.load32_splat(x0);
        const s1 = v128.load32_splat(x1);
        a0 = f32x4.add(a0, f32x4.mul(w0, s0));
        a1 = f32x4.add(a1, f32x4.mul(w1, s0));
        a2 = f32x4.add(a2, f32x4.mul(w2, s0));
        a3 = f32x4.add(a3, f32x4.mul(w3, s0));
        b0 = f32x4.add(b0, f32x4.mul(w0, s1));
        b1 = f32x4.add(b1, f32x4.mul(w1, s1));
        b2 = f32x4.add(b2, f32x4.mul(w2, s1));
        b3 = f32x4.add(b3, f32x4.mul(w3, s1));
        x0 += 4;
        x1 += 4;
        k += STEP;
      } while (k < end);
      v128.store(y0, a0);
      v128.store(y0, a1, 16);
      v128.store(y0, a2, 32);
      v128.store(y0, a3, 48);
      v128.store(y1, b0);
      v128.store(y1, b1, 16);
      v128.store(y1, b2, 32);
      v128.store(y1, b3, 48);
      y0 = y1 + yRow;
      xs += 2 * xRow;
    }
    if (row < rows) multiplyBlock(y0, xs, w, end);
    w += wBlock;
    y += STEP;
  }
}

/** One row by 16 outputs: four sums; eight, from two blocks, would spill registers. */
// @ts-ignore: decorator
@inline
function multiplyBlock(y: usize, x: usize, w: usize, end: usize): void {
  let a0 = v128.load(y);
  let a1 = v128.load(y, 16);
  let a2 = v128.load(y, 32);
  let a3 = v128.load(y, 48);
  for (let k = w; k < end; k += STEP) {
    const s = v128.load32_splat(x);
    a0 = f32x4.add(a0, f32x4.mul(v128.load(k), s));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(k, 16), s));
    a2 = f32x4.add(a2, f32x4.mul(v128.load(k, 32), s));
    a3 = f32x4.add(a3, f32x4.mul(v128.load(k, 48), s));
    x += 4;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
}

/**
 * dW += dY^T X, dW packed like W: each sum runs through the rows in order.
 *
 * @param dW packed; `wBlock` bytes from block to block
 * @param dY [rows, 16 blocks]
 * @param x  [rows, K]
 */
export function multiplyGradient(
  dW: usize,
  wBlock: usize,
  dY: usize,
  yRow: usize,
  x: usize,
  xRow: usize,
  rows: i32,
  K: i32,
  blocks: i32,
): void {
  for (let from = 0; from < rows; from += CHUNK) {
    const count = min(CHUNK, rows - from);
    for (let block = 0; block < blocks; block++) {
      const g = dY + <usize>block * STEP;
      const end = g + <usize>count * yRow;
      let w = dW + <usize>block * wBlock;
      let xs = x;
      let k = 0;
      for (; k + 2 <= K; k += 2) {
        gradientTile(w, g, end, yRow, xs, xRow);
        w += 2 * STEP;
        xs += 8;
      }
      if (k < K) gradientColumn(w, g, end, yRow, xs, xRow);
    }
    dY += <usize>count * yRow;
    x += <usize>count * xRow;
  }
}

/** Two k by 16 outputs. */
// @ts-ignore: decorator
@inline
function gradientTile(w: usize, g: usize, end: usize, yRow: usize, x: usize, xRow: usize): void {
  let a0 = v128.load(w);
  let a1 = v128.load(w, 16);
  let a2 = v128.load(w, 32);
  let a3 = v128.load(w, 48);
  let b0 = v128.load(w, 64);
  let b1 = v128.load(w, 80);
  let b2 = v128.load(w, 96);
  let b3 = v128.load(w, 112);
  do {
    const s0 = v128.load32_splat(x);
    const s1 = v128.load32_splat(x, 4);
    const g0 = v128.load(g);
    const g1 = v128.load(g, 16);
    const g2 = v128.load(g, 32);
    const g3 = v128.load(g, 48);
    a0 = f32x4.add(a0, f32x4.mul(g0, s0));
    a1 = f32x4.add(a1, f32x4.mul(g1, s0));
    a2 = f32x4.add(a2, f32x4.mul(g2, s0));
    a3 = f32x4.add(a3, f32x4.mul(g3, s0));
    b0 = f32x4.add(b0, f32x4.mul(g0, s1));
    b1 = f32x4.add(b1, f32x4.mul(g1, s1));
    b2 = f32x4.add(b2, f32x4.mul(g2, s1));
    b3 = f32x4.add(b3, f32x4.mul(g3, s1));
    x += xRow;
    g += yRow;
  } while (g < end);
  v128.store(w, a0);
  v128.store(w, a1, 16);
  v128.store(w, a2, 32);
  v128.store(w, a3, 48);
  v128.store(w, b0, 64);
  v128.store(w, b1, 80);
  v128.store(w, b2, 96);
  v128.store(w, b3, 112);
}

/** The last k of an odd K by 16 outputs. */
// @ts-ignore: decorator
@inline
function gradientColumn(w: usize, g: usize, end: usize, yRow: usize, x: usize, xRow: usize): void {
  let a0 = v128.load(w);
  let a1 = v128.load(w, 16);
  let a2 = v128.load(w, 32);
  let a3 = v128.load(w, 48);
  for (; g < end; g += yRow) {
    const s = v128.load32_splat(x);
    a0 = f32x4.add(a0, f32x4.mul(v128.load(g), s));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(g, 16), s));
    a2 = f32x4.add(a2, f32x4.mul(v128.load(g, 32), s));
    a3 = f32x4.add(a3, f32x4.mul(v128.load(g, 48), s));
    x += xRow;
  }
  v128.store(w, a0);
  v128.store(w, a1, 16);
  v128.store(w, a2, 32);
  v128.store(w, a3, 48);
}

/**
 * sums[n] += sum over rows of dY[row, n]: a bias's gradient.
 *
 * @param sums [width], a multiple of 16
 * @param dY   [rows, width]
 */
export function sumRows(sums: usize, dY: usize, yRow: usize, rows: i32, width: i32): void {
  for (let n = 0; n < width; n += 16) {
    let s0 = v128.load(sums);
    let s1 = v128.load(sums, 16);
    let s2 = v128.load(sums, 32);
    let s3 = v128.load(sums, 48);
    let y = dY;
    for (let row = 0; row < rows; row++) {
      s0 = f32x4.add(s0, v128.load(y));
      s1 = f32x4.add(s1, v128.load(y, 16));
      s2 = f32x4.add(s2, v128.load(y, 32));
      s3 = f32x4.add(s3, v128.load(y, 48));
      y += yRow;
    }
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    sums += STEP;
    dY += STEP;
  }
}

/**
 * The packed transpose of packed weights, for the way back: W [N, K] to W^T [K, N], of which the blocks
 * have N steps.
 *
 * @param transposed [ceil(K / 16)][N][16], zeros beyond K
 * @param w          [N / lanes][K4][lanes], K4 the next multiple of 4: zeros beyond K
 * @param lanes      16, or 4 (see narrow.ts)
 */
export function transpose(transposed: usize, w: usize, N: i32, K4: i32, lanes: i32): void {
  const tBlock = <usize>N * STEP;
  const step = <usize>lanes << 2;
  for (let n = 0; n < N; n += lanes) {
    for (let k = 0; k < K4; k += 4) {
      const to = transposed + <usize>(k >> 4) * tBlock + <usize>n * STEP + (<usize>(k & 15) << 2);
      for (let lane: usize = 0; lane < step; lane += 16) {
        const from = w + lane;
        const r0 = v128.load(from);
        const r1 = v128.load(from + step);
        const r2 = v128.load(from + 2 * step);
        const r3 = v128.load(from + 3 * step);
        const low01 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
        const high01 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
        const low23 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
        const high23 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
        const at = to + (lane << 4);
        v128.store(at, v128.shuffle<i64>(low01, low23, 0, 2));
        v128.store(at, v128.shuffle<i64>(low01, low23, 1, 3), 64);
        v128.store(at, v128.shuffle<i64>(high01, high23, 0, 2), 128);
        v128.store(at, v128.shuffle<i64>(high01, high23, 1, 3), 192);
      }
      w += 4 * step;
    }
  }
}
