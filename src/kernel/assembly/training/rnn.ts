import { sigmoid, tanh } from "../math";
import { carriedGradient, Layer, multiplyCarried } from "./layer";

/* Simple RNN: h' = f(W x + b + U h). A row of gates is that sum, [W]. */

// @ts-ignore: decorator
@inline const RELU: i32 = 1;
// @ts-ignore: decorator
@inline const SIGMOID: i32 = 2;

/** `gates` hold biases and W x. */
export function rnnForward(layer: Layer): void {
  const B = layer.B;
  const H = layer.H;
  const width = layer.width;
  const hRow = layer.hRow;
  const bytes = <usize>width << 2;
  for (let i = 0; i < layer.T; i++) {
    const t = layer.at(i);
    const gates = layer.gates + <usize>(t * B) * hRow;
    const after = layer.after(layer.h, t);
    multiplyCarried(layer.starts(t), gates, hRow, layer.before(layer.h, t), hRow, layer.weightHh, layer.block, B, H, width >> 4);
    for (let b = 0; b < B; b++) {
      const at = <usize>b * hRow;
      for (let j: usize = at; j < at + bytes; j += 16) {
        v128.store(after + j, activation(layer.nonlinearity, v128.load(gates + j)));
      }
    }
  }
}

/** Turns the gates into their gradients, dH into dL/dh of every step, and adds to dL/dW_hh. */
export function rnnBackward(layer: Layer): void {
  const B = layer.B;
  const width = layer.width;
  const hRow = layer.hRow;
  const bytes = <usize>width << 2;
  for (let i = layer.T - 1; i >= 0; i--) {
    const t = layer.at(i);
    const gates = layer.gates + <usize>(t * B) * hRow;
    const after = layer.after(layer.h, t);
    const dAfter = layer.after(layer.dH, t);
    for (let b = 0; b < B; b++) {
      const at = <usize>b * hRow;
      for (let j: usize = at; j < at + bytes; j += 16) {
        const s = slope(layer.nonlinearity, v128.load(after + j));
        v128.store(gates + j, f32x4.mul(v128.load(dAfter + j), s));
      }
    }
    const dBefore = layer.before(layer.dH, t);
    const block = layer.transposedBlock(1);
    multiplyCarried(layer.starts(t), dBefore, hRow, gates, hRow, layer.weightHhT, block, B, width, width >> 4);
  }
  carriedGradient(layer, layer.dWeightHh, layer.gates, hRow, width >> 4);
}

// @ts-ignore: decorator
@inline
function activation(kind: i32, a: v128): v128 {
  // max(0, a), which is a when a is NaN.
  if (kind == RELU) return f32x4.pmax(a, f32x4.splat(0));
  return kind == SIGMOID ? sigmoid(a) : tanh(a);
}

/** f' as a function of f's value. */
// @ts-ignore: decorator
@inline
function slope(kind: i32, h: v128): v128 {
  const one = f32x4.splat(1);
  if (kind == RELU) return v128.and(f32x4.gt(h, f32x4.splat(0)), one);
  if (kind == SIGMOID) return f32x4.mul(h, f32x4.sub(one, h));
  return f32x4.sub(one, f32x4.mul(h, h));
}
