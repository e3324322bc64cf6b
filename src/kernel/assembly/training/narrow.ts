import { CHUNK } from "./matrix";

/*
 * The same products for at most 4 outputs, which most heads have: 16 would be computed for one. Weights
 * W [4, K] are packed [K][4].
 */

/**
 * Y += X W^T, sums in the order of `multiply`: four rows at a time.
 *
 * @param y [rows, 4]
 * @param x [rows, K]
 */
export function multiplyNarrow(y: usize, yRow: usize, x: usize, xRow: usize, w: usize, rows: i32, K: i32): void {
  const end = w + (<usize>K << 4);
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const y2 = y + 2 * yRow;
    let a = v128.load(y);
    let b = v128.load(y + yRow);
    let c = v128.load(y2);
    let d = v128.load(y2 + yRow);
    let x0 = x;
    let x1 = x0 + xRow;
    let x2 = x1 + xRow;
    let x3 = x2 + xRow;
    for (let k = w; k < end; k += 16) {
      const weights = v128.load(k);
      a = f32x4.add(a, f32x4.mul(weights, v128.load32_splat(x0)));
      b = f32x4.add(b, f32x4.mul(weights, v128.load32_splat(x1)));
      c = f32x4.add(c, f32x4.mul(weights, v128.load32_splat(x2)));
      d = f32x4.add(d, f32x4.mul(weights, v128.load32_splat(x3)));
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
    }
    v128.store(y, a);
    v128.store(y + yRow, b);
    v128.store(y2, c);
    v128.store(y2 + yRow, d);
    y = y2 + 2 * yRow;
    x += 4 * xRow;
  }
  for (; row < rows; row++) {
    let a = v128.load(y);
    let x0 = x;
    for (let k = w; k < end; k += 16) {
      a = f32x4.add(a, f32x4.mul(v128.load(k), v128.load32_splat(x0)));
      x0 += 4;
    }
    v128.store(y, a);
    y += yRow;
    x += xRow;
  }
}

/**
 * dW += dY^T X, each sum in the order of the rows: eight k at a time.
 *
 * @param dW [K][4]
 * @param dY [rows, 4]
 * @param x  [rows, K]
 */
export function multiplyNarrowGradient(
  dW: usize,
  dY: usize,
  yRow: usize,
  x: usize,
  xRow: usize,
  rows: i32,
  K: i32,
): void {
  for (let from = 0; from < rows; from += CHUNK) {
    const count = min(CHUNK, rows - from);
    const end = dY + <usize>count * yRow;
    let k = 0;
    for (; k + 8 <= K; k += 8) gradientTile(dW + (<usize>k << 4), dY, end, yRow, x + (<usize>k << 2), xRow);
    for (; k < K; k++) {
      const w = dW + (<usize>k << 4);
      let sum = v128.load(w);
      let xs = x + (<usize>k << 2);
      for (let g = dY; g < end; g += yRow) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(g), v128.load32_splat(xs)));
        xs += xRow;
      }
      v128.store(w, sum);
    }
    dY = end;
    x += <usize>count * xRow;
  }
}

// @ts-ignore: decorator
@inline
function gradientTile(w: usize, g: usize, end: usize, yRow: usize, x: usize, xRow: usize): void {
  let s0 = v128.load(w);
  let s1 = v128.load(w, 16);
  let s2 = v128.load(w, 32);
  let s3 = v128.load(w, 48);
  let s4 = v128.load(w, 64);
  let s5 = v128.load(w, 80);
  let s6 = v128.load(w, 96);
  let s7 = v128.load(w, 112);
  for (; g < end; g += yRow) {
    const d = v128.load(g);
    s0 = f32x4.add(s0, f32x4.mul(d, v128.load32_splat(x)));
    s1 = f32x4.add(s1, f32x4.mul(d, v128.load32_splat(x, 4)));
    s2 = f32x4.add(s2, f32x4.mul(d, v128.load32_splat(x, 8)));
    s3 = f32x4.add(s3, f32x4.mul(d, v128.load32_splat(x, 12)));
    s4 = f32x4.add(s4, f32x4.mul(d, v128.load32_splat(x, 16)));
    s5 = f32x4.add(s5, f32x4.mul(d, v128.load32_splat(x, 20)));
    s6 = f32x4.add(s6, f32x4.mul(d, v128.load32_splat(x, 24)));
    s7 = f32x4.add(s7, f32x4.mul(d, v128.load32_splat(x, 28)));
    x += xRow;
  }
  v128.store(w, s0);
  v128.store(w, s1, 16);
  v128.store(w, s2, 32);
  v128.store(w, s3, 48);
  v128.store(w, s4, 64);
  v128.store(w, s5, 80);
  v128.store(w, s6, 96);
  v128.store(w, s7, 112);
}
