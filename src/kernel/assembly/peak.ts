/**
 * The most that this machine does of f32x4 multiplications and additions: twelve sums a = a s + b, all in
 * registers, none of which waits for another.
 *
 * @returns a sum of all, lest anything be left out; it took 96 operations an iteration
 */
export function multiplyAdd(iterations: i32, s: f32, b: f32): f32 {
  const scale = f32x4.splat(s);
  const shift = f32x4.splat(b);
  let a0 = scale;
  let a1 = shift;
  let a2 = scale;
  let a3 = shift;
  let a4 = scale;
  let a5 = shift;
  let a6 = scale;
  let a7 = shift;
  let a8 = scale;
  let a9 = shift;
  let a10 = scale;
  let a11 = shift;
  for (let i = 0; i < iterations; i++) {
    a0 = f32x4.add(f32x4.mul(a0, scale), shift);
    a1 = f32x4.add(f32x4.mul(a1, scale), shift);
    a2 = f32x4.add(f32x4.mul(a2, scale), shift);
    a3 = f32x4.add(f32x4.mul(a3, scale), shift);
    a4 = f32x4.add(f32x4.mul(a4, scale), shift);
    a5 = f32x4.add(f32x4.mul(a5, scale), shift);
    a6 = f32x4.add(f32x4.mul(a6, scale), shift);
    a7 = f32x4.add(f32x4.mul(a7, scale), shift);
    a8 = f32x4.add(f32x4.mul(a8, scale), shift);
    a9 = f32x4.add(f32x4.mul(a9, scale), shift);
    a10 = f32x4.add(f32x4.mul(a10, scale), shift);
    a11 = f32x4.add(f32x4.mul(a11, scale), shift);
  }
  const first = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  const second = f32x4.add(f32x4.add(f32x4.add(a6, a7), f32x4.add(a8, a9)), f32x4.add(a10, a11));
  return f32x4.extract_lane(f32x4.add(first, second), 0);
}
