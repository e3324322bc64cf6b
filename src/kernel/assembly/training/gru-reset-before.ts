import { sigmoid, tanh } from "../math";
import { dFresh, dUpdate, mix, rowBytes, sigmoidSlope } from "./gru";
import { carriedGradient, Layer, multiplyCarried, startsAt } from "./layer";
import { multiply, multiplyGradient } from "./matrix";

/* GRU with the reset gate before the product. A row of gates is n, r, z, q, [4 W], where q = r h. */

/** r = sigmoid(.), z = sigmoid(.), n = tanh(. + U_n (r h)), h' = (1 - z) n + z h; `gates` hold biases and W x. */
export function gruResetBeforeForward(layer: Layer): void {
  const B = layer.B;
  const H = layer.H;
  const width = layer.width;
  const row = rowBytes(layer);
  const bytes = <usize>width << 2;
  const one = f32x4.splat(1);
  const blocks = width >> 4;
  for (let i = 0; i < layer.T; i++) {
    const t = layer.at(i);
    const starts = layer.starts(t);
    const before = layer.before(layer.h, t);
    const after = layer.after(layer.h, t);
    const gates = layer.gates + <usize>(t * B) * row;
    multiplyCarried(starts, gates + bytes, row, before, layer.hRow, layer.weightHh, layer.block, B, H, 2 * blocks);
    for (let b = 0; b < B; b++) {
      const r = gates + <usize>b * row + bytes;
      const h = startsAt(starts, b) ? layer.zeros : before + <usize>b * layer.hRow;
      for (let j: usize = 0; j < bytes; j += 16) {
        const reset = sigmoid(v128.load(r + j));
        v128.store(r + j, reset);
        v128.store(r + j + bytes, sigmoid(v128.load(r + j + bytes)));
        v128.store(r + j + 2 * bytes, f32x4.mul(reset, v128.load(h + j)));
      }
    }
    const weight = layer.weightHh + <usize>(2 * blocks) * layer.block;
    multiply(gates, row, gates + 3 * bytes, row, weight, layer.block, B, H, blocks);
    for (let b = 0; b < B; b++) {
      const n = gates + <usize>b * row;
      const z = n + 2 * bytes;
      const h = startsAt(starts, b) ? layer.zeros : before + <usize>b * layer.hRow;
      const out = after + <usize>b * layer.hRow;
      for (let j: usize = 0; j < bytes; j += 16) {
        const fresh = tanh(v128.load(n + j));
        v128.store(n + j, fresh);
        v128.store(out + j, mix(v128.load(z + j), fresh, v128.load(h + j), one));
      }
    }
  }
}

/** Turns the gates into their gradients, dH into dL/dh of every step, and adds to dL/dW_hh. */
export function gruResetBeforeBackward(layer: Layer): void {
  const B = layer.B;
  const H = layer.H;
  const width = layer.width;
  const row = rowBytes(layer);
  const bytes = <usize>width << 2;
  const one = f32x4.splat(1);
  const blocks = width >> 4;
  const block = layer.transposedBlock(3);
  const carriedBytes = <usize>B * layer.hRow;
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
      const z = n + 2 * bytes;
      for (let j: usize = 0; j < bytes; j += 16) {
        const dh = v128.load(from + j);
        const update = v128.load(z + j);
        const fresh = v128.load(n + j);
        v128.store(n + j, dFresh(dh, update, fresh, one));
        v128.store(z + j, dUpdate(dh, update, fresh, v128.load(h + j), one));
        if (!begun) v128.store(to + j, f32x4.add(v128.load(to + j), f32x4.mul(dh, update)));
      }
    }
    // dL/d(r h) = U_n^T dn
    memory.fill(layer.carried, 0, carriedBytes);
    const weight = layer.weightHhT + (<usize>(2 * width) << 6);
    multiply(layer.carried, layer.hRow, gates, row, weight, block, B, width, blocks);
    for (let b = 0; b < B; b++) {
      const r = gates + <usize>b * row + bytes;
      const begun = startsAt(starts, b);
      const h = begun ? layer.zeros : before + <usize>b * layer.hRow;
      const product = layer.carried + <usize>b * layer.hRow;
      const to = dBefore + <usize>b * layer.hRow;
      for (let j: usize = 0; j < bytes; j += 16) {
        const d = v128.load(product + j);
        const reset = v128.load(r + j);
        v128.store(r + j, f32x4.mul(f32x4.mul(d, v128.load(h + j)), sigmoidSlope(reset, one)));
        if (!begun) v128.store(to + j, f32x4.add(v128.load(to + j), f32x4.mul(d, reset)));
      }
    }
    multiplyCarried(starts, dBefore, layer.hRow, gates + bytes, row, layer.weightHhT, block, B, 2 * width, blocks);
  }
  carriedGradient(layer, layer.dWeightHh, layer.gates + bytes, row, 2 * blocks);
  const dWeight = layer.dWeightHh + <usize>(2 * blocks) * layer.block;
  multiplyGradient(dWeight, layer.block, layer.gates, row, layer.gates + 3 * bytes, row, layer.T * B, H, blocks);
}
