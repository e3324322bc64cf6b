/*
 * A memory of states. A row is [H] units as int16 in steps of 2^-12, then [8] float32: up to 8 inputs, zeros behind
 * them: half the bytes of float32 and less than half the time, and distances of whole numbers are exact.
 *
 * |difference| of two units is at most 2^13, so that 16 products, what a lane sums up of 128 units, stay below 2^30.
 */

// @ts-ignore: decorator
@inline const UNIT: f32 = 4096;
/** UNIT^-2 */
// @ts-ignore: decorator
@inline const SQUARE: f32 = 5.9604644775390625e-8;
/** Bytes of the inputs. */
// @ts-ignore: decorator
@inline const INPUTS: usize = 32;

/**
 * Makes a row of a state.
 *
 * @param row [2 H + 32 bytes] overwritten
 * @param h   [H] in [-1, 1]; H a multiple of 8, at most 128
 * @param u   [I] at most 8
 */
export function packState(row: usize, h: usize, H: usize, u: usize, I: usize): void {
  const scale = f32x4.splat(UNIT);
  const end = h + (H << 2);
  for (; h < end; h += 32) {
    const a = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(h), scale)));
    const b = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(h, 16), scale)));
    v128.store(row, i16x8.narrow_i32x4_s(a, b));
    row += 16;
  }
  memory.fill(row, 0, INPUTS);
  memory.copy(row, u, I << 2);
}

/**
 * Mean Euclidean distance from a state to its nearest neighbours in a memory; 0 when that is empty.
 *
 * @param rows  [count] rows of `packState`
 * @param state a row of `packState`
 * @param best  [most + 1] scratch: squares of the distances, ascending, and then the nearest row's index as a word
 * @param most  neighbours that are looked for
 */
export function nearest(rows: usize, count: usize, state: usize, H: usize, best: usize, most: usize): f32 {
  let known: usize = 0;
  let worst: f32 = Infinity;
  let closest: usize = 0;
  const size = H << 1;
  const scale = f32x4.splat(SQUARE);
  let row = rows;
  for (let i: usize = 0; i < count; i++) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    for (let j: usize = 0; j < size; j += 32) {
      const d = i16x8.sub(v128.load(row + j), v128.load(state + j));
      const e = i16x8.sub(v128.load(row + j, 16), v128.load(state + j, 16));
      a = i32x4.add(a, i32x4.dot_i16x8_s(d, d));
      b = i32x4.add(b, i32x4.dot_i16x8_s(e, e));
    }
    const f = f32x4.sub(v128.load(row + size), v128.load(state + size));
    const g = f32x4.sub(v128.load(row + size, 16), v128.load(state + size, 16));
    row += size + INPUTS;
    const units = f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(a, b)), scale);
    const all = f32x4.add(units, f32x4.add(f32x4.mul(f, f), f32x4.mul(g, g)));
    const square =
      f32x4.extract_lane(all, 0) + f32x4.extract_lane(all, 1) + (f32x4.extract_lane(all, 2) + f32x4.extract_lane(all, 3));
    if (square >= worst && known === most) continue;
    // Into its place among the best, ascending.
    let at = known < most ? known : most - 1;
    for (; at > 0 && load<f32>(best + ((at - 1) << 2)) > square; at--) {
      store<f32>(best + (at << 2), load<f32>(best + ((at - 1) << 2)));
    }
    store<f32>(best + (at << 2), square);
    if (at === 0) closest = i;
    if (known < most) known++;
    worst = load<f32>(best + ((known - 1) << 2));
  }
  store<u32>(best + (most << 2), <u32>closest);
  if (known === 0) return 0;
  let sum: f32 = 0;
  for (let i: usize = 0; i < known; i++) sum += sqrt(load<f32>(best + (i << 2)));
  return sum / <f32>known;
}
