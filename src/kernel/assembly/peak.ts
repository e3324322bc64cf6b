/**
 * The most that this machine does of f32x4 multiplications and additions: six chains of either, all in
 * registers, none of which waits for another; a processor has at most two units of each, three cycles deep.
 *
 * @returns a sum of all, lest anything be left out; it took 48 operations an iteration
 */
export function multiplyAdd(iterations: i32, s: f32, b: f32): f32 {
  const scale = f32x4.splat(s);
  const shift = f32x4.splat(b);
  let m0 = scale;
  let m1 = shift;
  let m2 = scale;
  let m3 = shift;
  let m4 = scale;
  let m5 = shift;
  let a0 = scale;
  let a1 = shift;
  let a2 = scale;
  let a3 = shift;
  let a4 = scale;
  let a5 = shift;
  for (let i = 0; i < iterations; i++) {
    m0 = f32x4.mul(m0, scale);
    a0 = f32x4.add(a0, shift);
    m1 = f32x4.mul(m1, scale);
    a1 = f32x4.add(a1, shift);
    m2 = f32x4.mul(m2, scale);
    a2 = f32x4.add(a2, shift);
    m3 = f32x4.mul(m3, scale);
    a3 = f32x4.add(a3, shift);
    m4 = f32x4.mul(m4, scale);
    a4 = f32x4.add(a4, shift);
    m5 = f32x4.mul(m5, scale);
    a5 = f32x4.add(a5, shift);
  }
  const products = f32x4.add(f32x4.add(f32x4.add(m0, m1), f32x4.add(m2, m3)), f32x4.add(m4, m5));
  const sums = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  return f32x4.extract_lane(f32x4.add(products, sums), 0);
}
