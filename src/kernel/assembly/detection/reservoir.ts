import { affineRow } from "../step/affine";
import { tanh } from "../math";

/**
 * One step of a leaky reservoir: h <- h / 2 + tanh(W_in [u; 1] + W_h h) / 2, with phi = [h; u; 1].
 *
 * @param phi     [H + I + 1] and zeros to a multiple of 4; its first H are h, changed in place, the rest overwritten
 * @param u       [I] input
 * @param y       [H] scratch
 * @param weights panels as in `affineRow`
 * @param H       units, a multiple of 16
 */
export function reservoirStep(phi: usize, u: usize, I: usize, y: usize, weights: usize, H: usize): void {
  affineRow(y, u, I, phi, H, weights, H);
  const half = f32x4.splat(0.5);
  for (let i: usize = 0; i < H << 2; i += 16) {
    const kept = f32x4.mul(half, v128.load(phi + i));
    v128.store(phi + i, f32x4.add(kept, f32x4.mul(half, tanh(v128.load(y + i)))));
  }
  for (let i: usize = 0; i < I << 2; i += 4) store<f32>(phi + (H << 2) + i, load<f32>(u + i));
  store<f32>(phi + ((H + I) << 2), 1);
}
