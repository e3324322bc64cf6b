import { sigmoid, tanh } from "../math";
import { carriedGradient, Layer, multiplyCarried, startsAt } from "./layer";

/* LSTM. A row of gates is i, f, g, o, tanh(c'), [5 W]. */

// @ts-ignore: decorator
@inline
function rowBytes(layer: Layer): usize {
  return 5 * (<usize>layer.width << 2) + 64;
}

/** c' = f c + i g, h' = o tanh(c'); `gates` hold biases and W x. Peepholes: i, f see c, and o sees c'. */
export function lstmForward(layer: Layer): void {
  const B = layer.B;
  const H = layer.H;
  const width = layer.width;
  const peephole = layer.peephole;
  const row = rowBytes(layer);
  const bytes = <usize>width << 2;
  for (let step = 0; step < layer.T; step++) {
    const t = layer.at(step);
    const starts = layer.starts(t);
    const gates = layer.gates + <usize>(t * B) * row;
    multiplyCarried(starts, gates, row, layer.before(layer.h, t), layer.hRow, layer.weightHh, layer.block, B, H, width >> 2);
    for (let b = 0; b < B; b++) {
      const at = <usize>b * layer.hRow;
      const i = gates + <usize>b * row;
      const c = startsAt(starts, b) ? layer.zeros : layer.before(layer.c, t) + at;
      const cAfter = layer.after(layer.c, t) + at;
      const hAfter = layer.after(layer.h, t) + at;
      const f = i + bytes;
      const g = f + bytes;
      const o = g + bytes;
      const squashed = o + bytes;
      for (let j: usize = 0; j < bytes; j += 16) {
        const cell = v128.load(c + j);
        let sumI = v128.load(i + j);
        let sumF = v128.load(f + j);
        let sumO = v128.load(o + j);
        if (peephole) {
          sumI = f32x4.add(sumI, f32x4.mul(v128.load(peephole + j), cell));
          sumF = f32x4.add(sumF, f32x4.mul(v128.load(peephole + bytes + j), cell));
        }
        const input = sigmoid(sumI);
        const forget = sigmoid(sumF);
        const fresh = tanh(v128.load(g + j));
        const next = f32x4.add(f32x4.mul(forget, cell), f32x4.mul(input, fresh));
        if (peephole) sumO = f32x4.add(sumO, f32x4.mul(v128.load(peephole + 2 * bytes + j), next));
        const output = sigmoid(sumO);
        const shown = tanh(next);
        v128.store(i + j, input);
        v128.store(f + j, forget);
        v128.store(g + j, fresh);
        v128.store(o + j, output);
        v128.store(squashed + j, shown);
        v128.store(cAfter + j, next);
        v128.store(hAfter + j, f32x4.mul(output, shown));
      }
    }
  }
}

/** Turns the gates into their gradients, dH and dC into those of every step's state, and adds to dL/dW_hh. */
export function lstmBackward(layer: Layer): void {
  const B = layer.B;
  const width = layer.width;
  const peephole = layer.peephole;
  const row = rowBytes(layer);
  const bytes = <usize>width << 2;
  const one = f32x4.splat(1);
  memory.fill(layer.after(layer.dC, layer.at(layer.T - 1)), 0, <usize>B * layer.hRow);
  for (let step = layer.T - 1; step >= 0; step--) {
    const t = layer.at(step);
    const starts = layer.starts(t);
    const gates = layer.gates + <usize>(t * B) * row;
    const dBefore = layer.before(layer.dH, t);
    for (let b = 0; b < B; b++) {
      const at = <usize>b * layer.hRow;
      const begun = startsAt(starts, b);
      const i = gates + <usize>b * row;
      const c = begun ? layer.zeros : layer.before(layer.c, t) + at;
      const from = layer.after(layer.dH, t) + at;
      const dCAfter = layer.after(layer.dC, t) + at;
      const dCBefore = layer.before(layer.dC, t) + at;
      const f = i + bytes;
      const g = f + bytes;
      const o = g + bytes;
      const squashed = o + bytes;
      for (let j: usize = 0; j < bytes; j += 16) {
        const dh = v128.load(from + j);
        const input = v128.load(i + j);
        const forget = v128.load(f + j);
        const fresh = v128.load(g + j);
        const output = v128.load(o + j);
        const shown = v128.load(squashed + j);
        const dOutput = f32x4.mul(f32x4.mul(f32x4.mul(dh, shown), output), f32x4.sub(one, output));
        let dc = f32x4.mul(f32x4.mul(dh, output), f32x4.sub(one, f32x4.mul(shown, shown)));
        dc = f32x4.add(v128.load(dCAfter + j), dc);
        if (peephole) dc = f32x4.add(dc, f32x4.mul(dOutput, v128.load(peephole + 2 * bytes + j)));
        const dInput = f32x4.mul(f32x4.mul(f32x4.mul(dc, fresh), input), f32x4.sub(one, input));
        const dForget = f32x4.mul(f32x4.mul(f32x4.mul(dc, v128.load(c + j)), forget), f32x4.sub(one, forget));
        v128.store(i + j, dInput);
        v128.store(f + j, dForget);
        v128.store(g + j, f32x4.mul(f32x4.mul(dc, input), f32x4.sub(one, f32x4.mul(fresh, fresh))));
        v128.store(o + j, dOutput);
        let dcBefore = f32x4.mul(dc, forget);
        if (peephole) {
          dcBefore = f32x4.add(dcBefore, f32x4.mul(dInput, v128.load(peephole + j)));
          dcBefore = f32x4.add(dcBefore, f32x4.mul(dForget, v128.load(peephole + bytes + j)));
        }
        v128.store(dCBefore + j, begun ? f32x4.splat(0) : dcBefore);
      }
    }
    const block = layer.transposedBlock(4);
    multiplyCarried(starts, dBefore, layer.hRow, gates, row, layer.weightHhT, block, B, 4 * width, width >> 4);
  }
  carriedGradient(layer, layer.dWeightHh, layer.gates, row, width >> 2);
  if (peephole) peepholeGradient(layer);
}

/** dp_i += di c, dp_f += df c, dp_o += do c', over all steps. */
function peepholeGradient(layer: Layer): void {
  const B = layer.B;
  const dPeephole = layer.dPeephole;
  const row = rowBytes(layer);
  const bytes = <usize>layer.width << 2;
  for (let t = 0; t < layer.T; t++) {
    const starts = layer.starts(t);
    for (let b = 0; b < B; b++) {
      const at = <usize>b * layer.hRow;
      const i = layer.gates + <usize>(t * B + b) * row;
      const c = startsAt(starts, b) ? layer.zeros : layer.before(layer.c, t) + at;
      const cAfter = layer.after(layer.c, t) + at;
      for (let j: usize = 0; j < bytes; j += 16) {
        addProduct(dPeephole + j, v128.load(i + j), v128.load(c + j));
        addProduct(dPeephole + bytes + j, v128.load(i + bytes + j), v128.load(c + j));
        addProduct(dPeephole + 2 * bytes + j, v128.load(i + 3 * bytes + j), v128.load(cAfter + j));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addProduct(sum: usize, a: v128, b: v128): void {
  v128.store(sum, f32x4.add(v128.load(sum), f32x4.mul(a, b)));
}
