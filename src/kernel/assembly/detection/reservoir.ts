import { affineRow } from "../step/affine";
import { tanh } from "../math";

/**
 * One step of a leaky reservoir: h <- (1 - leak) h + leak tanh(W_in [u; 1] + W_h h), with phi = [h; u; 1].
 *
 * @param phi     [H + I + 1] and zeros to a multiple of 4; its first H are h, changed in place, the rest overwritten
 * @param u       [I] input
 * @param y       [H] scratch
 * @param weights panels as in `affineRow`
 * @param H       units, a multiple of 16
 */
export function reservoirStep(
  phi: usize,
  u: usize,
  I: usize,
  y: usize,
  weights: usize,
  H: usize,
  leak: f32,
): void {
  affineRow(y, u, I, phi, H, weights, H);
  const taken = f32x4.splat(leak);
  const rest = f32x4.splat(1 - leak);
  for (let i: usize = 0; i < H << 2; i += 16) {
    const kept = f32x4.mul(rest, v128.load(phi + i));
    v128.store(phi + i, f32x4.add(kept, f32x4.mul(taken, tanh(v128.load(y + i)))));
  }
  for (let i: usize = 0; i < I << 2; i += 4) store<f32>(phi + (H << 2) + i, load<f32>(u + i));
  store<f32>(phi + ((H + I) << 2), 1);
}
