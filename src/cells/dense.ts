/**
 * An affine map: y = W x + b.
 *
 * Four rows at a time: each row's sum has to wait for its last addition, four of them side by side keep
 * a processor busy. A row's sum is the same wherever it stands.
 *
 * @param y      [R], overwritten
 * @param weight [R, N]
 * @param bias   [R]
 * @param x      [N] or longer: the first N elements count
 */
export function affine(
  y: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
  x: Float64Array,
  N: number,
): void {
  const R = bias.length;
  let row = 0;
  for (; row + 4 <= R; row += 4) {
    const at0 = row * N;
    const at1 = at0 + N;
    const at2 = at1 + N;
    const at3 = at2 + N;
    let y0 = 0;
    let y1 = 0;
    let y2 = 0;
    let y3 = 0;
    for (let i = 0; i < N; i++) {
      const xi = x[i]!;
      y0 += weight[at0 + i]! * xi;
      y1 += weight[at1 + i]! * xi;
      y2 += weight[at2 + i]! * xi;
      y3 += weight[at3 + i]! * xi;
    }
    y[row] = y0 + bias[row]!;
    y[row + 1] = y1 + bias[row + 1]!;
    y[row + 2] = y2 + bias[row + 2]!;
    y[row + 3] = y3 + bias[row + 3]!;
  }
  for (; row < R; row++) {
    let sum = 0;
    for (let i = 0; i < N; i++) sum += weight[row * N + i]! * x[i]!;
    y[row] = sum + bias[row]!;
  }
}

/**
 * The way back through `affine`, given dy = dL/dy: dx += W^T dy, dW += dy x^T, db += dy.
 *
 * @param dx      [N] or longer: its first N elements are added to
 * @param dWeight [R, N], added to
 * @param dBias   [R], added to
 * @param dy      [R]
 * @param weight, x, N  as `affine` got them
 */
export function affineBackward(
  dx: Float64Array,
  dWeight: Float64Array,
  dBias: Float64Array,
  dy: Float64Array,
  weight: Float64Array,
  x: Float64Array,
  N: number,
): void {
  const R = dBias.length;
  let row = 0;
  for (; row + 2 <= R; row += 2) {
    const at0 = row * N;
    const at1 = at0 + N;
    const dy0 = dy[row]!;
    const dy1 = dy[row + 1]!;
    dBias[row]! += dy0;
    dBias[row + 1]! += dy1;
    for (let i = 0; i < N; i++) {
      const xi = x[i]!;
      dx[i]! += dy0 * weight[at0 + i]! + dy1 * weight[at1 + i]!;
      dWeight[at0 + i]! += dy0 * xi;
      dWeight[at1 + i]! += dy1 * xi;
    }
  }
  if (row < R) {
    const at = row * N;
    const dyLast = dy[row]!;
    dBias[row]! += dyLast;
    for (let i = 0; i < N; i++) {
      dx[i]! += dyLast * weight[at + i]!;
      dWeight[at + i]! += dyLast * x[i]!;
    }
  }
}
