/**
 * Mean Euclidean distance from a point to its nearest neighbours among the rows of a memory; 0 when it is empty.
 *
 * @param rows  [count, N] float32
 * @param point [N] N a multiple of 4
 * @param best  [most] scratch, overwritten
 * @param most  neighbours that are looked for
 */
export function nearest(rows: usize, count: usize, point: usize, N: usize, best: usize, most: usize): f32 {
  let known: usize = 0;
  let worst: f32 = Infinity;
  const size = N << 2;
  const end = rows + count * size;
  for (let row = rows; row < end; row += size) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let j: usize = 0;
    for (; j + 32 <= size; j += 32) {
      const d = f32x4.sub(v128.load(row + j), v128.load(point + j));
      const e = f32x4.sub(v128.load(row + j, 16), v128.load(point + j, 16));
      a = f32x4.add(a, f32x4.mul(d, d));
      b = f32x4.add(b, f32x4.mul(e, e));
    }
    for (; j < size; j += 16) {
      const d = f32x4.sub(v128.load(row + j), v128.load(point + j));
      a = f32x4.add(a, f32x4.mul(d, d));
    }
    a = f32x4.add(a, b);
    const square =
      f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
    if (square >= worst && known === most) continue;
    // Into its place among the best, ascending.
    let at = known < most ? known : most - 1;
    for (; at > 0 && load<f32>(best + ((at - 1) << 2)) > square; at--) {
      store<f32>(best + (at << 2), load<f32>(best + ((at - 1) << 2)));
    }
    store<f32>(best + (at << 2), square);
    if (known < most) known++;
    worst = load<f32>(best + ((known - 1) << 2));
  }
  if (known === 0) return 0;
  let sum: f32 = 0;
  for (let i: usize = 0; i < known; i++) sum += sqrt(load<f32>(best + (i << 2)));
  return sum / <f32>known;
}
