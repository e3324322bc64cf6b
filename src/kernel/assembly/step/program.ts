/*
 * A network's time step as a program: the host writes a list of operations into memory (kernel-program.ts),
 * these functions run it. Every value of the step is a buffer of rows, one per key, or one per time step.
 */
import { affineQuads, affineRow, interleave } from "./affine";
import { binary, elementwise } from "./elementwise";
import { gruQuads, gruRow, resetState, updateState } from "./gru";
import { lstmUnits } from "./lstm";
import { layerNorm, softmax } from "./normalize";

/** Rows that are taken at once: scratch memory is made for as many. */
// @ts-ignore: decorator
@inline const CHUNK: usize = 64;

const enum Kind { rnn, gru, gruBefore, lstm, dense, elementwise, softmax, logSoftmax, layerNorm, binary, copy }

/** 20 words. Pointers and strides are in bytes, sizes in elements. */
@unmanaged
class Operation {
  kind: i32;
  /** F of elementwise and rnn, op of binary, 1 of a recurrent operation that reads from the end. */
  variant: i32;
  /** N of the result: H of recurrent operations. */
  size: usize;
  inputs: usize;
  source: usize;
  sourceStride: usize;
  target: usize;
  targetStride: usize;
  /** Packed weights, scale and bias, or the second operand. */
  weights: usize;
  weightsStride: usize;
  /** Of the second operand; of recurrent operations that need it: peepholes, or the weights of n. */
  second: usize;
  /** In a key's state: where h stands, and c after it. */
  stateOffset: usize;
  /** c' of every row. */
  cell: usize;
  cellStride: usize;
  /** [CHUNK / 4][I + H + 4][4] interleaved rows. */
  panels: usize;
  /** Gates before their nonlinearity. */
  gates: usize;
  gatesStride: usize;
  isReverse: i32;
  alpha: f32;
  beta: f32;
}

// @ts-ignore: decorator
@inline const OPERATION_BYTES: usize = 80;

@unmanaged
class Program {
  operations: usize;
  count: usize;
  input: usize;
  inputStride: usize;
  inputs: usize;
  output: usize;
  outputStride: usize;
  outputs: usize;
}

/**
 * One time step of several keys: reads the rows of the program's input, writes those of its output, and
 * advances the states, unless a number of a row's input, output or new state is not finite: that row's
 * state stays as it was.
 *
 * @param states  [rows] u32 pointers to the keys' states
 * @param refused [rows] u32, set to 1 where a row was not finite, else 0
 * @param rows    at most CHUNK
 * @returns how many rows were refused
 */
export function stepRows(program: usize, states: usize, refused: usize, rows: usize): i32 {
  const p = changetype<Program>(program);
  const end = p.operations + p.count * OPERATION_BYTES;
  for (let at = p.operations; at < end; at += OPERATION_BYTES) {
    const op = changetype<Operation>(at);
    if (op.kind <= Kind.lstm) recurrentRows(op, states, rows);
    else valueRows(op, rows);
  }
  let count = 0;
  for (let row: usize = 0; row < rows; row++) {
    const isFine = isFinite(p.input + row * p.inputStride, p.inputs)
      && isFinite(p.output + row * p.outputStride, p.outputs)
      && isFiniteState(p, row);
    if (isFine) commit(p, row, load<u32>(states + (row << 2)));
    else count++;
    store<u32>(refused + (row << 2), u32(!isFine));
  }
  return count;
}

/**
 * A whole sequence, operation by operation; the program's buffers have a row for each time step. Values
 * that are not finite pass through.
 *
 * @param state pointer to the state that the sequence starts from, unchanged
 */
export function runSequence(program: usize, state: usize, steps: usize): void {
  const p = changetype<Program>(program);
  const end = p.operations + p.count * OPERATION_BYTES;
  for (let at = p.operations; at < end; at += OPERATION_BYTES) {
    const op = changetype<Operation>(at);
    if (op.kind > Kind.lstm) {
      valueRows(op, steps);
      continue;
    }
    let h = state + op.stateOffset;
    let c = h + paddedBytes(op.size);
    for (let i: usize = 0; i < steps; i++) {
      const t = op.isReverse ? steps - 1 - i : i;
      recurrentRow(op, t, h, c);
      h = op.target + t * op.targetStride;
      c = op.cell + t * op.cellStride;
    }
  }
}

/** Bytes of H elements, rounded up to 8 elements. */
// @ts-ignore: decorator
@inline
function paddedBytes(H: usize): usize {
  return ((H + 7) & ~7) << 2;
}

function valueRows(op: Operation, rows: usize): void {
  if (op.kind == Kind.dense) {
    for (let row: usize = 0; row < rows; row += CHUNK) denseRows(op, row, min(CHUNK, rows - row));
    return;
  }
  let x = op.source;
  let y = op.target;
  let b = op.weights;
  for (let row: usize = 0; row < rows; row++) {
    switch (op.kind) {
      case Kind.elementwise: elementwise(y, x, op.size, op.variant, op.alpha, op.beta); break;
      case Kind.softmax: softmax(y, x, op.size, false); break;
      case Kind.logSoftmax: softmax(y, x, op.size, true); break;
      case Kind.layerNorm: layerNorm(y, x, op.size, op.weights, op.alpha); break;
      case Kind.binary: binary(y, x, op.inputs, b, op.second, op.size, op.variant); break;
      case Kind.copy: copyElements(y, x, op.size); break;
    }
    x += op.sourceStride;
    y += op.targetStride;
    b += op.weightsStride;
  }
}

/** Rows [first, first + rows), at most CHUNK of them. */
function denseRows(op: Operation, first: usize, rows: usize): void {
  const N = (op.size + 15) & ~15;
  const x = op.source + first * op.sourceStride;
  const y = op.target + first * op.targetStride;
  const groups = rows >> 2;
  if (groups) {
    for (let g: usize = 0; g < groups; g++) {
      const row = x + (g << 2) * op.sourceStride;
      interleaveRows(op.panels + g * (op.inputs << 4), row, op.sourceStride, op.inputs);
    }
    affineQuads(y, op.targetStride, op.panels, op.inputs, groups, op.weights, N);
  }
  for (let row = groups << 2; row < rows; row++) {
    affineRow(y + row * op.targetStride, x + row * op.sourceStride, op.inputs, 0, 0, op.weights, N);
  }
}

// @ts-ignore: decorator
@inline
function interleaveRows(to: usize, row: usize, stride: usize, N: usize): void {
  interleave(to, row, row + stride, row + 2 * stride, row + 3 * stride, N);
}

/** A recurrent operation for several keys: four at a time, then those that are left. */
function recurrentRows(op: Operation, states: usize, rows: usize): void {
  const groups = rows >> 2;
  if (groups) recurrentQuads(op, states, groups);
  for (let row = groups << 2; row < rows; row++) {
    const h = load<u32>(states + (row << 2)) + op.stateOffset;
    recurrentRow(op, row, h, h + paddedBytes(op.size));
  }
}

function recurrentRow(op: Operation, row: usize, h: usize, c: usize): void {
  const I = op.inputs;
  const H = op.size;
  const x = op.source + row * op.sourceStride;
  const to = op.target + row * op.targetStride;
  const padded = (H + 7) & ~7;
  switch (op.kind) {
    case Kind.rnn:
      affineRow(to, x, I, h, H, op.weights, (H + 15) & ~15);
      elementwise(to, to, H, op.variant, 0, 0);
      break;
    case Kind.gru:
      gruRow(to, x, I, h, H, op.weights);
      break;
    case Kind.gruBefore:
      affineRow(op.gates, x, I, h, H, op.weights, padded << 1);
      resetState(op.panels, op.gates, h, H);
      affineRow(to, x, I, op.panels, H, op.second, (H + 15) & ~15);
      updateState(to, op.gates + (padded << 2), to, h, H);
      break;
    case Kind.lstm:
      affineRow(op.gates, x, I, h, H, op.weights, padded << 2);
      lstmUnits(to, op.cell + row * op.cellStride, op.gates, c, op.second, padded);
      break;
  }
}

function recurrentQuads(op: Operation, states: usize, groups: usize): void {
  const I = op.inputs;
  const H = op.size;
  const K = I + H;
  const padded = (H + 7) & ~7;
  const panelBytes = K << 4;
  for (let g: usize = 0; g < groups; g++) {
    const panel = op.panels + g * panelBytes;
    const keys = states + (g << 4);
    const at = op.stateOffset;
    interleaveRows(panel, op.source + (g << 2) * op.sourceStride, op.sourceStride, I);
    interleave(panel + (I << 4), load<u32>(keys) + at, load<u32>(keys, 4) + at, load<u32>(keys, 8) + at, load<u32>(keys, 12) + at, H);
  }
  const to = op.target;
  const stride = op.targetStride;
  const rows = groups << 2;
  switch (op.kind) {
    case Kind.rnn:
      affineQuads(to, stride, op.panels, K, groups, op.weights, (H + 15) & ~15);
      for (let row: usize = 0; row < rows; row++) elementwise(to + row * stride, to + row * stride, H, op.variant, 0, 0);
      break;
    case Kind.gru:
      gruQuads(to, stride, op.panels, states, op.stateOffset, I, H, groups, op.weights);
      break;
    case Kind.gruBefore:
      affineQuads(op.gates, op.gatesStride, op.panels, K, groups, op.weights, padded << 1);
      for (let row: usize = 0; row < rows; row++) {
        resetState(to + row * stride, op.gates + row * op.gatesStride, load<u32>(states + (row << 2)) + op.stateOffset, H);
      }
      for (let g: usize = 0; g < groups; g++) {
        interleaveRows(op.panels + g * panelBytes + (I << 4), to + (g << 2) * stride, stride, H);
        // The next panel's first rows have been written over.
        if (g + 1 < groups) interleaveRows(op.panels + (g + 1) * panelBytes, op.source + ((g + 1) << 2) * op.sourceStride, op.sourceStride, I);
      }
      affineQuads(to, stride, op.panels, K, groups, op.second, (H + 15) & ~15);
      for (let row: usize = 0; row < rows; row++) {
        const h = load<u32>(states + (row << 2)) + op.stateOffset;
        updateState(to + row * stride, op.gates + row * op.gatesStride + (padded << 2), to + row * stride, h, H);
      }
      break;
    case Kind.lstm:
      affineQuads(op.gates, op.gatesStride, op.panels, K, groups, op.weights, padded << 2);
      for (let row: usize = 0; row < rows; row++) {
        const c = load<u32>(states + (row << 2)) + op.stateOffset + (padded << 2);
        lstmUnits(to + row * stride, op.cell + row * op.cellStride, op.gates + row * op.gatesStride, c, op.second, padded);
      }
      break;
  }
}

/** Whether N numbers are all finite: x - x is 0 for those, else NaN. */
function isFinite(x: usize, N: usize): bool {
  let differences = f32x4.splat(0);
  const end = x + (N << 2);
  for (const whole = end - 12; x < whole; x += 16) {
    const value = v128.load(x);
    differences = f32x4.add(differences, f32x4.sub(value, value));
  }
  let difference: f32 = f32x4.extract_lane(differences, 0) + f32x4.extract_lane(differences, 1)
    + f32x4.extract_lane(differences, 2) + f32x4.extract_lane(differences, 3);
  for (; x < end; x += 4) {
    const value = load<f32>(x);
    difference += value - value;
  }
  return difference == 0;
}

function isFiniteState(p: Program, row: usize): bool {
  const end = p.operations + p.count * OPERATION_BYTES;
  for (let at = p.operations; at < end; at += OPERATION_BYTES) {
    const op = changetype<Operation>(at);
    if (op.kind > Kind.lstm) continue;
    if (!isFinite(op.target + row * op.targetStride, op.size)) return false;
    if (op.kind == Kind.lstm && !isFinite(op.cell + row * op.cellStride, op.size)) return false;
  }
  return true;
}

function commit(p: Program, row: usize, state: usize): void {
  const end = p.operations + p.count * OPERATION_BYTES;
  for (let at = p.operations; at < end; at += OPERATION_BYTES) {
    const op = changetype<Operation>(at);
    if (op.kind > Kind.lstm) continue;
    const bytes = paddedBytes(op.size);
    const h = state + op.stateOffset;
    copyVectors(h, op.target + row * op.targetStride, bytes);
    if (op.kind == Kind.lstm) copyVectors(h + bytes, op.cell + row * op.cellStride, bytes);
  }
}

// @ts-ignore: decorator
@inline
function copyVectors(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}

/** Just N elements, since others may follow; `memory.copy` is a call out of the kernel. */
function copyElements(to: usize, from: usize, N: usize): void {
  const whole = (N & ~3) << 2;
  copyVectors(to, from, whole);
  for (let i = whole; i < N << 2; i += 4) store<f32>(to + i, load<f32>(from + i));
}
