import { exp } from "../math";

/**
 * y = softmax(x), or its logarithm, over the whole vector; sums in float64. A NaN or an infinity that is the
 * largest makes all of y NaN.
 *
 * @param y [N], overwritten up to whole vectors; may be x
 */
export function softmax(y: usize, x: usize, N: usize, isLog: bool): void {
  const size = N << 2;
  let largest = load<f32>(x);
  for (let i: usize = 4; i < size; i += 4) largest = max(largest, load<f32>(x + i));
  const top = f32x4.splat(largest);
  for (let i: usize = 0; i < size; i += 16) v128.store(y + i, f32x4.sub(v128.load(x + i), top));
  if (isLog) {
    let sum = 0.0;
    for (let i: usize = 0; i < size; i += 4) sum += NativeMath.exp(load<f32>(y + i));
    const logSum = NativeMath.log(sum);
    for (let i: usize = 0; i < size; i += 4) store<f32>(y + i, <f32>(load<f32>(y + i) - logSum));
  } else {
    let sum = 0.0;
    for (let i: usize = 0; i < size; i += 16) v128.store(y + i, exp(v128.load(y + i)));
    for (let i: usize = 0; i < size; i += 4) sum += load<f32>(y + i);
    const total = f32x4.splat(<f32>sum);
    for (let i: usize = 0; i < size; i += 16) v128.store(y + i, f32x4.div(v128.load(y + i), total));
  }
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) scale + bias, over the whole vector, in float64.
 *
 * @param y      [N], overwritten; may be x
 * @param affine [2 N] scale, bias
 */
export function layerNorm(y: usize, x: usize, N: usize, affine: usize, epsilon: f32): void {
  const size = N << 2;
  let sum = 0.0;
  for (let i: usize = 0; i < size; i += 4) sum += load<f32>(x + i);
  const mean = sum / <f64>N;
  let squares = 0.0;
  for (let i: usize = 0; i < size; i += 4) {
    const distance = load<f32>(x + i) - mean;
    squares += distance * distance;
  }
  const factor = 1 / Math.sqrt(squares / <f64>N + epsilon);
  for (let i: usize = 0; i < size; i += 4) {
    const value = (load<f32>(x + i) - mean) * factor;
    store<f32>(y + i, <f32>(value * load<f32>(affine + i) + load<f32>(affine + size + i)));
  }
}
