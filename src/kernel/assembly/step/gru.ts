/*
 * The GRU with the reset gate after the product, fused. Weights are packed in blocks of 8 units that hold r, z
 * and n side by side: [blocks][32 + 24 (I + H)], first the biases r, z (both of them added), b_in, b_hn, then
 * 24 weights for each input and each unit of the state.
 *
 *     r = sigmoid(.)    z = sigmoid(.)    n = tanh(W_in x + b_in + r (W_hn h + b_hn))    h' = (1 - z) n + z h
 */
import { sigmoid, sigmoidFour, tanh, tanhTwo } from "../math";
import { pair, quad } from "./affine";

// @ts-ignore: decorator
@inline const ROW: usize = 96;
/** Of 64 rows: r and z side by side, [64][16], then n, [64][8], and m, [64][8]. */
const resetUpdate = memory.data(4096, 64);
const candidate = memory.data(2048, 64);
const memorized = memory.data(2048, 64);

/**
 * Whether the next row takes its blocks from the last to the first. Weights larger than a cache go through it
 * in turns: half of them are still there when it comes back.
 */
let isBackward = false;

/** r and z of 8 units. */
const activated = memory.data(64, 64);
/** Their n. */
const fresh = memory.data(32, 64);

/**
 * h' of 8 units.
 *
 * @param rz r and z, [16]
 * @param n  before its nonlinearity, without r m
 * @param m  W_hn h + b_hn
 */
// @ts-ignore: decorator
@inline
function units(to: usize, h: usize, rz: usize, n0: v128, n1: v128, m0: v128, m1: v128): void {
  n0 = f32x4.add(n0, f32x4.mul(v128.load(rz), m0));
  n1 = f32x4.add(n1, f32x4.mul(v128.load(rz, 16), m1));
  tanhTwo(fresh, n0, n1);
  const one = f32x4.splat(1);
  const z0 = v128.load(rz, 32);
  const z1 = v128.load(rz, 48);
  const at = fresh;
  v128.store(to, f32x4.add(f32x4.mul(f32x4.sub(one, z0), v128.load(at)), f32x4.mul(z0, v128.load(h))));
  v128.store(to, f32x4.add(f32x4.mul(f32x4.sub(one, z1), v128.load(at, 16)), f32x4.mul(z1, v128.load(h, 16))), 16);
}

/**
 * One row: six accumulators over the input, then over the state.
 *
 * @param to [H] h', up to the next multiple of 8, overwritten
 * @param x  [I]
 * @param h  [H], another place than `to`
 */
export function gruRow(to: usize, x: usize, I: usize, h: usize, H: usize, weights: usize): void {
  const xEnd = x + (I << 2);
  const hEnd = h + (H << 2);
  const blocks = (H + 7) >> 3;
  const blockBytes = 128 + (I + H) * ROW;
  isBackward = !isBackward;
  for (let i: usize = 0; i < blocks; i++) {
    const block = isBackward ? blocks - 1 - i : i;
    let w = weights + block * blockBytes;
    let r0 = v128.load(w);
    let r1 = v128.load(w, 16);
    let z0 = v128.load(w, 32);
    let z1 = v128.load(w, 48);
    let n0 = v128.load(w, 64);
    let n1 = v128.load(w, 80);
    let m0 = v128.load(w, 96);
    let m1 = v128.load(w, 112);
    w += 128;
    for (let p = x; p < xEnd; p += 4) {
      const value = v128.load32_splat(p);
      r0 = f32x4.add(r0, f32x4.mul(v128.load(w), value));
      r1 = f32x4.add(r1, f32x4.mul(v128.load(w, 16), value));
      z0 = f32x4.add(z0, f32x4.mul(v128.load(w, 32), value));
      z1 = f32x4.add(z1, f32x4.mul(v128.load(w, 48), value));
      n0 = f32x4.add(n0, f32x4.mul(v128.load(w, 64), value));
      n1 = f32x4.add(n1, f32x4.mul(v128.load(w, 80), value));
      w += ROW;
    }
    for (let p = h; p < hEnd; p += 4) {
      const value = v128.load32_splat(p);
      r0 = f32x4.add(r0, f32x4.mul(v128.load(w), value));
      r1 = f32x4.add(r1, f32x4.mul(v128.load(w, 16), value));
      z0 = f32x4.add(z0, f32x4.mul(v128.load(w, 32), value));
      z1 = f32x4.add(z1, f32x4.mul(v128.load(w, 48), value));
      m0 = f32x4.add(m0, f32x4.mul(v128.load(w, 64), value));
      m1 = f32x4.add(m1, f32x4.mul(v128.load(w, 80), value));
      w += ROW;
    }
    sigmoidFour(activated, r0, r1, z0, z1);
    units(to + (block << 5), h + (block << 5), activated, n0, n1, m0, m1);
  }
}

/**
 * Groups of four rows, block by block: r and z of all rows, then n and m.
 *
 * @param to     [4 groups, H] h', rows `stride` bytes apart
 * @param inputs [groups][I + H][4]
 * @param states [4 groups] pointers to h
 * @param offset bytes from there to h
 */
export function gruQuads(
  to: usize, stride: usize, inputs: usize, states: usize, offset: usize,
  I: usize, H: usize, groups: usize, weights: usize,
): void {
  const K = I + H;
  const rows = groups << 2;
  let w = weights;
  for (let u: usize = 0; u < H << 2; u += 32) {
    const first = w + 128;
    for (let g: usize = 0; g < groups; g++) {
      const y = resetUpdate + (g << 8);
      pair(y, 64, w, first, ROW, inputs + g * (K << 4), K);
      pair(y + 128, 64, w, first, ROW, inputs + g * (K << 4) + 8, K);
    }
    for (let g: usize = 0; g < groups; g++) {
      const x = inputs + g * (K << 4);
      quad(candidate + (g << 7), 32, w + 64, first + 64, ROW, x, I);
      quad(memorized + (g << 7), 32, w + 96, first + 64 + I * ROW, ROW, x + (I << 4), H);
    }
    // First r and z of all rows, then the rest: short chains, which run in each other's gaps.
    for (let rz = resetUpdate, end = resetUpdate + (rows << 6); rz < end; rz += 64) {
      sigmoidFour(rz, v128.load(rz), v128.load(rz, 16), v128.load(rz, 32), v128.load(rz, 48));
    }
    for (let row: usize = 0; row < rows; row++) {
      const h = load<u32>(states + (row << 2)) + offset + u;
      const n = candidate + (row << 5);
      const m = memorized + (row << 5);
      const rz = resetUpdate + (row << 6);
      units(to + row * stride + u, h, rz, v128.load(n), v128.load(n, 16), v128.load(m), v128.load(m, 16));
    }
    w = first + K * ROW;
  }
}

/*
 * With the reset gate before the product: n = tanh(W_in x + b_in + U_n (r h) + b_hn). The gates r and z of all
 * units come first, as one affine map; then n as a second one, of x and r h.
 */

/** rh = sigmoid(r) h, [H] and on to the next multiple of 8. */
export function resetState(rh: usize, r: usize, h: usize, H: usize): void {
  for (let i: usize = 0; i < H << 2; i += 16) {
    v128.store(rh + i, f32x4.mul(sigmoid(v128.load(r + i)), v128.load(h + i)));
  }
}

/** h' = (1 - sigmoid(z)) tanh(n) + sigmoid(z) h, [H] and on to the next multiple of 8; `to` may be `n`. */
export function updateState(to: usize, z: usize, n: usize, h: usize, H: usize): void {
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < H << 2; i += 16) {
    const update = sigmoid(v128.load(z + i));
    const fresh = f32x4.mul(f32x4.sub(one, update), tanh(v128.load(n + i)));
    v128.store(to + i, f32x4.add(fresh, f32x4.mul(update, v128.load(h + i))));
  }
}
