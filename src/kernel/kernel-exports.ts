import type { Pointer } from "./kernel.js";

/** What the WebAssembly kernel exports; each function is documented where it is written, in assembly/. */
export interface KernelExports
  extends MemoryExports,
    MathExports,
    TextExports,
    StepExports,
    TrainingExports,
    DetectionExports {}

interface MemoryExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(bytes: number): Pointer;
  release(pointer: Pointer): void;
}

interface MathExports {
  expOf(y: Pointer, x: Pointer, N: number): void;
  sigmoidOf(y: Pointer, x: Pointer, N: number): void;
  tanhOf(y: Pointer, x: Pointer, N: number): void;
  multiplyAdd(iterations: number, s: number, b: number): number;
}

interface TextExports {
  writeDecimal(to: Pointer, value: number, powers: Pointer): number;
  fillText(
    to: Pointer,
    numbers: Pointer,
    count: number,
    lengths: Pointer,
    parts: Pointer,
    powers: Pointer,
  ): number;
}

interface StepExports {
  stepRows(program: Pointer, states: Pointer, refused: Pointer, rows: number): number;
  runSequence(program: Pointer, state: Pointer, steps: number): void;
}

interface DetectionExports {
  reservoirStep(
    phi: Pointer,
    u: Pointer,
    I: number,
    y: Pointer,
    weights: Pointer,
    H: number,
    leak: number,
  ): void;
  leverage(wide: Pointer, pphi: Pointer, phi: Pointer, P: Pointer, N: number): number;
  dot(w: Pointer, wide: Pointer, N: number): number;
  learn(w: Pointer, pphi: Pointer, P: Pointer, N: number, error: number, own: number, lambda: number): void;
  lagProfileBytes(places: number): number;
  beginLagProfiles(at: Pointer, places: number): void;
  areLagProfiles(at: Pointer, places: number): number;
  moveLagProfiles(at: Pointer, from: Pointer): void;
  lagProfiles(at: Pointer, value: number): void;
  bestLag(at: Pointer, which: number): number;
  tailBytes(): number;
  tailBinsAt(): number;
  settleTail(at: Pointer): void;
  surprises(at: Pointer, z: Pointer, s: Pointer, count: number): void;
  packState(row: Pointer, h: Pointer, H: number, u: Pointer, I: number): void;
  nearest(rows: Pointer, count: number, state: Pointer, H: number, best: Pointer, most: number): number;
}

/** Strides and steps between blocks are in bytes. */
export interface TrainingExports {
  multiply(
    y: Pointer,
    yRow: number,
    x: Pointer,
    xRow: number,
    w: Pointer,
    wBlock: number,
    rows: number,
    K: number,
    blocks: number,
  ): void;
  multiplyGradient(
    dW: Pointer,
    wBlock: number,
    dY: Pointer,
    yRow: number,
    x: Pointer,
    xRow: number,
    rows: number,
    K: number,
    blocks: number,
  ): void;
  multiplyNarrow(
    y: Pointer,
    yRow: number,
    x: Pointer,
    xRow: number,
    w: Pointer,
    rows: number,
    K: number,
  ): void;
  multiplyNarrowGradient(
    dW: Pointer,
    dY: Pointer,
    yRow: number,
    x: Pointer,
    xRow: number,
    rows: number,
    K: number,
  ): void;
  countNonZeros(x: Pointer, xRow: number, rows: number, K: number): number;
  multiplySparse(
    y: Pointer,
    yRow: number,
    x: Pointer,
    xRow: number,
    w: Pointer,
    wBlock: number,
    rows: number,
    K: number,
    blocks: number,
  ): void;
  multiplySparseGradient(
    dW: Pointer,
    wBlock: number,
    dY: Pointer,
    yRow: number,
    x: Pointer,
    xRow: number,
    rows: number,
    K: number,
    blocks: number,
  ): void;
  sumRows(sums: Pointer, dY: Pointer, yRow: number, rows: number, width: number): void;
  transpose(transposed: Pointer, w: Pointer, N: number, K4: number, lanes: number): void;

  fillRows(y: Pointer, yRow: number, values: Pointer, rows: number, width: number): void;
  toRows(rows: Pointer, row: number, values: Pointer, B: number, T: number, width: number): void;
  fromRows(values: Pointer, rows: Pointer, row: number, B: number, T: number, width: number): void;
  maskRows(
    y: Pointer,
    yRow: number,
    x: Pointer,
    xRow: number,
    mask: Pointer,
    rows: number,
    width: number,
  ): void;

  /** `layer` is a record of assembly/training/layer.ts. */
  rnnForward(layer: Pointer): void;
  rnnBackward(layer: Pointer): void;
  gruForward(layer: Pointer): void;
  gruBackward(layer: Pointer): void;
  gruResetBeforeForward(layer: Pointer): void;
  gruResetBeforeBackward(layer: Pointer): void;
  lstmForward(layer: Pointer): void;
  lstmBackward(layer: Pointer): void;

  sumOfSquares(x: Pointer, N: number): number;
  sgd(
    w: Pointer,
    g: Pointer,
    v: Pointer,
    N: number,
    scale: number,
    rate: number,
    momentum: number,
    decay: number,
  ): void;
  rmsProp(
    w: Pointer,
    g: Pointer,
    v: Pointer,
    s: Pointer,
    N: number,
    scale: number,
    rate: number,
    momentum: number,
    decay: number,
    alpha: number,
    rest: number,
    epsilon: number,
  ): void;
  adam(
    w: Pointer,
    g: Pointer,
    m: Pointer,
    s: Pointer,
    N: number,
    scale: number,
    rate: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    unbias: number,
    epsilon: number,
    decay: number,
    kept: number,
  ): void;
}
