/*
 * A memory of states. A row is [H] units as int16 in steps of 2^-12, then [8] float32: up to 8 inputs, zeros behind
 * them: half the bytes of float32 and less than half the time, and distances of whole numbers are exact.
 *
 * |difference| of two units is at most 2^13, so that 8 products, what a lane sums up of 32 units, stay below 2^30.
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
 * @param h   [H] in [-1, 1]; H a multiple of 8
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
 * A row is left as soon as the inputs and some of the units are farther off than the neighbours that are known: sums of
 * squares only grow, so that this changes no bit.
 *
 * @param rows  [count] rows of `packState`
 * @param state a row of `packState`
 * @param H     a multiple of 32
 * @param best  [most + 1] scratch: squares of the distances, ascending, and then the nearest row's index as a word
 * @param most  neighbours that are looked for
 */
export function nearest(rows: usize, count: usize, state: usize, H: usize, best: usize, most: usize): f32 {
  let known: usize = 0;
  let worst: f32 = Infinity;
  let closest: usize = 0;
  const size = H << 1;
  const scale = f32x4.splat(SQUARE);
  const inputs0 = v128.load(state + size);
  const inputs1 = v128.load(state + size, 16);
  let row = rows;
  for (let i: usize = 0; i < count; i++, row += size + INPUTS) {
    const f = f32x4.sub(v128.load(row + size), inputs0);
    const g = f32x4.sub(v128.load(row + size, 16), inputs1);
    let all = f32x4.add(f32x4.mul(f, f), f32x4.mul(g, g));
    let square: f32 = 0;
    for (let j: usize = 0; j < size; j += 64) {
      all = f32x4.add(all, f32x4.mul(f32x4.convert_i32x4_s(squares(row + j, state + j)), scale));
      square = sumOf(all);
      if (square >= worst) break;
    }
    if (square >= worst) continue;
    // Into its place among the best, ascending.
    let at = known < most ? known : most - 1;
    for (; at > 0 && load<f32>(best + ((at - 1) << 2)) > square; at--) {
      store<f32>(best + (at << 2), load<f32>(best + ((at - 1) << 2)));
    }
    store<f32>(best + (at << 2), square);
    if (at === 0) closest = i;
    if (known < most) known++;
    if (known === most) worst = load<f32>(best + ((most - 1) << 2));
  }
  store<u32>(best + (most << 2), <u32>closest);
  if (known === 0) return 0;
  let sum: f32 = 0;
  for (let i: usize = 0; i < known; i++) sum += sqrt(load<f32>(best + (i << 2)));
  return sum / <f32>known;
}

/** Squared differences of 32 units, in four sums. */
// @ts-ignore: decorator
@inline
function squares(a: usize, b: usize): v128 {
  const d0 = i16x8.sub(v128.load(a), v128.load(b));
  const d1 = i16x8.sub(v128.load(a, 16), v128.load(b, 16));
  const d2 = i16x8.sub(v128.load(a, 32), v128.load(b, 32));
  const d3 = i16x8.sub(v128.load(a, 48), v128.load(b, 48));
  return i32x4.add(
    i32x4.add(i32x4.dot_i16x8_s(d0, d0), i32x4.dot_i16x8_s(d1, d1)),
    i32x4.add(i32x4.dot_i16x8_s(d2, d2), i32x4.dot_i16x8_s(d3, d3)),
  );
}

/** Of the lanes, the same way every time. */
// @ts-ignore: decorator
@inline
function sumOf(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
