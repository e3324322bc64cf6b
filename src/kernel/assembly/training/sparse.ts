/*
 * The same products for rows that are zeros but for a few elements, which symbols make: a one-hot row takes one row of
 * W^T, as it stands, instead of a sum over all of them. What is left out adds 0 to a sum, so that sums are those of
 * `multiply` and `multiplyGradient` to the bit, of weights and gradients that are finite.
 */

/** Bytes of 16 weights of one k. */
// @ts-ignore: decorator
@inline const STEP: usize = 64;

/** How many elements of x [rows, K] are not zero. */
export function countNonZeros(x: usize, xRow: usize, rows: i32, K: i32): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    for (let k = nextNonZero(x, 0, K); k < K; k = nextNonZero(x, k + 1, K)) count++;
    x += xRow;
  }
  return count;
}

/** The first k from `from` on at which a row is not zero; K: there is none. */
function nextNonZero(x: usize, from: i32, K: i32): i32 {
  const zero = f32x4.splat(0);
  let k = from;
  for (; k + 4 <= K; k += 4) {
    const mask = i32x4.bitmask(f32x4.ne(v128.load(x + (<usize>k << 2)), zero));
    if (mask != 0) return k + ctz(mask);
  }
  while (k < K && load<f32>(x + (<usize>k << 2)) == 0) k++;
  return k;
}

/**
 * Y += X W^T
 *
 * @param y [rows, 16 blocks]
 * @param x [rows, K]
 * @param w packed; `wBlock` bytes from block to block
 */
export function multiplySparse(
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
  for (let row = 0; row < rows; row++) {
    for (let k = nextNonZero(x, 0, K); k < K; k = nextNonZero(x, k + 1, K)) {
      const from = w + <usize>k * STEP;
      addMultiple(y, STEP, from, wBlock, v128.load32_splat(x + (<usize>k << 2)), blocks);
    }
    y += yRow;
    x += xRow;
  }
}

/**
 * dW += dY^T X
 *
 * @param dW packed; `wBlock` bytes from block to block
 * @param dY [rows, 16 blocks]
 * @param x  [rows, K]
 */
export function multiplySparseGradient(
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
  for (let row = 0; row < rows; row++) {
    for (let k = nextNonZero(x, 0, K); k < K; k = nextNonZero(x, k + 1, K)) {
      const to = dW + <usize>k * STEP;
      addMultiple(to, wBlock, dY, STEP, v128.load32_splat(x + (<usize>k << 2)), blocks);
    }
    dY += yRow;
    x += xRow;
  }
}

/** sums += s values, block by block of 16 elements; so many bytes lie from one to the next. */
// @ts-ignore: decorator
@inline
function addMultiple(sums: usize, sumsBlock: usize, values: usize, valuesBlock: usize, s: v128, blocks: i32): void {
  for (let block = 0; block < blocks; block++) {
    v128.store(sums, f32x4.add(v128.load(sums), f32x4.mul(v128.load(values), s)));
    v128.store(sums, f32x4.add(v128.load(sums, 16), f32x4.mul(v128.load(values, 16), s)), 16);
    v128.store(sums, f32x4.add(v128.load(sums, 32), f32x4.mul(v128.load(values, 32), s)), 32);
    v128.store(sums, f32x4.add(v128.load(sums, 48), f32x4.mul(v128.load(values, 48), s)), 48);
    sums += sumsBlock;
    values += valuesBlock;
  }
}
