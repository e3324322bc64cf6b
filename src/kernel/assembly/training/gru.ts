import { sigmoidFour, tanhTwo } from "../math";
import { carriedGradient, Layer, multiplyCarried, startsAt } from "./layer";

/*
 * GRU. A row of gates is n, r, z, m, [4 W]: x contributes to n, r, z, and h to r, z, m, so that either
 * is one product over neighbours. Parameters of x are packed in the order n, r, z; those of h r, z, n.
 */

// @ts-ignore: decorator
@inline
export function rowBytes(layer: Layer): usize {
  return (<usize>layer.width << 4) + 64;
}

/** r = sigmoid(.), z = sigmoid(.), n = tanh(. + r m), h' = (1 - z) n + z h; `gates` hold biases and W x. */
export function gruForward(layer: Layer): void {
  const B = layer.B;
  const H = layer.H;
  const width = layer.width;
  const row = rowBytes(layer);
  const bytes = <usize>width << 2;
  const one = f32x4.splat(1);
  for (let i = 0; i < layer.T; i++) {
    const t = layer.at(i);
    const starts = layer.starts(t);
    const before = layer.before(layer.h, t);
    const after = layer.after(layer.h, t);
    const gates = layer.gates + <usize>(t * B) * row;
    multiplyCarried(starts, gates + bytes, row, before, layer.hRow, layer.weightHh, layer.block, B, H, 3 * (width >> 4));
    for (let b = 0; b < B; b++) {
      const n = gates + <usize>b * row;
      const h = startsAt(starts, b) ? layer.zeros : before + <usize>b * layer.hRow;
      const out = after + <usize>b * layer.hRow;
      const r = n + bytes;
      const z = r + bytes;
      const m = z + bytes;
      // Apart from what needs them, so that more of them are under way at a time.
      for (let gate = r; gate < m; gate += 64) {
        sigmoidFour(gate, v128.load(gate), v128.load(gate, 16), v128.load(gate, 32), v128.load(gate, 48));
      }
      for (let j: usize = 0; j < bytes; j += 32) {
        tanhTwo(
          n + j,
          f32x4.add(v128.load(n + j), f32x4.mul(v128.load(r + j), v128.load(m + j))),
          f32x4.add(v128.load(n + j, 16), f32x4.mul(v128.load(r + j, 16), v128.load(m + j, 16))),
        );
        v128.store(out + j, mix(v128.load(z + j), v128.load(n + j), v128.load(h + j), one));
        v128.store(out + j, mix(v128.load(z + j, 16), v128.load(n + j, 16), v128.load(h + j, 16), one), 16);
      }
    }
  }
}

/** (1 - z) n + z h */
// @ts-ignore: decorator
@inline
export function mix(z: v128, n: v128, h: v128, one: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.sub(one, z), n), f32x4.mul(z, h));
}

/** s (1 - s) */
// @ts-ignore: decorator
@inline
export function sigmoidSlope(s: v128, one: v128): v128 {
  return f32x4.mul(s, f32x4.sub(one, s));
}

/** (1 - z) (1 - n^2) dh */
// @ts-ignore: decorator
@inline
export function dFresh(dh: v128, z: v128, n: v128, one: v128): v128 {
  return f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)));
}

/** z (1 - z) (h - n) dh */
// @ts-ignore: decorator
@inline
export function dUpdate(dh: v128, z: v128, n: v128, h: v128, one: v128): v128 {
  return f32x4.mul(f32x4.mul(dh, f32x4.sub(h, n)), sigmoidSlope(z, one));
}

/** Turns the gates into their gradients, dH into dL/dh of every step, and adds to dL/dW_hh. */
export function gruBackward(layer: Layer): void {
  const B = layer.B;
  const H = layer.H;
  const width = layer.width;
  const row = rowBytes(layer);
  const bytes = <usize>width << 2;
  const one = f32x4.splat(1);
  for (let i = layer.T - 1; i >= 0; i--) {
    const t = layer.at(i);
    const starts = layer.starts(t);
    const before = layer.before(layer.h, t);
    const dBefore = layer.before(layer.dH, t);
    const dAfter = layer.after(layer.dH, t);
    const gates = layer.gates + <usize>(t * B) * row;
    for (let b = 0; b < B; b++) {
      const n = gates + <usize>b * row;
      const begun = startsAt(starts, b);
      const h = begun ? layer.zeros : before + <usize>b * layer.hRow;
      const from = dAfter + <usize>b * layer.hRow;
      const to = dBefore + <usize>b * layer.hRow;
      const r = n + bytes;
      const z = r + bytes;
      const m = z + bytes;
      for (let j: usize = 0; j < bytes; j += 16) {
        const dh = v128.load(from + j);
        const reset = v128.load(r + j);
        const update = v128.load(z + j);
        const fresh = v128.load(n + j);
        const dn = dFresh(dh, update, fresh, one);
        v128.store(n + j, dn);
        v128.store(r + j, f32x4.mul(f32x4.mul(dn, v128.load(m + j)), sigmoidSlope(reset, one)));
        v128.store(z + j, dUpdate(dh, update, fresh, v128.load(h + j), one));
        v128.store(m + j, f32x4.mul(dn, reset));
        if (!begun) v128.store(to + j, f32x4.add(v128.load(to + j), f32x4.mul(dh, update)));
      }
    }
    const block = layer.transposedBlock(3);
    multiplyCarried(starts, dBefore, layer.hRow, gates + bytes, row, layer.weightHhT, block, B, 3 * width, width >> 4);
  }
  carriedGradient(layer, layer.dWeightHh, layer.gates + bytes, row, 3 * (width >> 4));
}
