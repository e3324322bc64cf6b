import type { Value } from "../../cells/index.js";
import { sizeOf, type Tensor, transposed } from "../proto/tensor.js";
import { type Axis, feature, hasRole, isFeature, lengthOf, vectorSize } from "./axes.js";
import type { Handler, Site } from "./site.js";
import { alignedConstant } from "./trace-broadcast.js";
import { cannotStream, isStream, lacking, type Stream } from "./traced.js";

/** Operators that are a matrix, or a factor and a summand an element. */
export const LINEAR_HANDLERS: Readonly<Record<string, Handler>> = {
  MatMul: (site) => [matMul(site)],
  Gemm: (site) => [gemm(site)],
  Conv: (site) => [pointwiseConvolution(site)],
  BatchNormalization: (site) => [batchNormalization(site)],
};

/** x W over the last axis, W constant [.., K, N] or [K]. */
function matMul(site: Site): Stream {
  const [a, b] = site.inputs;
  if (isStream(a) && isStream(b)) {
    const contracted = [a.axes.at(-1) ?? [], b.axes.at(-2) ?? b.axes.at(-1) ?? []];
    const all = [...a.axes, ...b.axes].filter((axis) => hasRole(axis, "time")).length;
    if (contracted.some((axis) => hasRole(axis, "time")) || all > 0) {
      throw cannotStream("it multiplies values of all steps with each other (attention)");
    }
    throw lacking("it multiplies two values that are both computed from the data");
  }
  if (!isStream(a)) return leftMatMul(site);
  const weight = site.tensor(1);
  const K = weight.dims.at(-2) ?? weight.dims.at(-1) ?? 1;
  const N = weight.dims.length > 1 ? weight.dims.at(-1)! : 1;
  if (sizeOf(weight.dims) !== K * N) throw lacking("a stack of matrices");
  const lead = Array.from({ length: Math.max(0, weight.dims.length - a.axes.length) }, (): Axis => []);
  const axes = [...lead, ...a.axes.slice(0, -1), ...(weight.dims.length > 1 ? [feature(N)] : [])];
  requireVector(a.axes.at(-1) ?? [], K);
  const matrix = transposed({ ...weight, dims: [K, N] });
  return site.derive([a], axes, () => site.eachRow(a, (row) => dense(site, row, matrix)));
}

/** W x with x [.., K, 1]. */
function leftMatMul(site: Site): Stream {
  const weight = site.tensor(0);
  const x = site.stream(1);
  const [N = 1, K = 1] = weight.dims.slice(-2);
  if (weight.dims.length < 2 || sizeOf(weight.dims) !== N * K) throw lacking("a stack of matrices");
  const at = Math.max(0, x.axes.length - 2);
  const axis = x.axes[at]!;
  if (vectorSize(x.axes) !== K || !isFeature(axis)) throw lacking("a matrix from the left");
  requireVector(axis, K);
  return site.derive([x], x.axes.with(at, feature(N)), () =>
    dense(site, x.value!, { ...weight, dims: [N, K] }),
  );
}

function requireVector(axis: Axis, size: number): void {
  if (hasRole(axis, "time"))
    throw cannotStream("it multiplies over the time axis: it needs the whole sequence");
  if (hasRole(axis, "batch")) throw cannotStream("it multiplies over the batch");
  if (lengthOf(axis) !== size) throw lacking(`${lengthOf(axis)} elements for weights of ${size}`);
}

/** @param weight [O, I] */
export function dense(site: Site, input: Value, weight: Tensor, bias?: Float32Array): Value {
  return site.emit(weight.dims[0]!, {
    kind: "dense",
    input,
    weight: Float32Array.from(weight.data),
    ...(bias ? { bias } : {}),
  });
}

/** alpha A' B' + beta C */
function gemm(site: Site): Stream {
  const x = site.stream(0);
  const b = site.tensor(1);
  if (site.attributes.int("transA", 0) === 1) throw lacking("transA");
  const isTransposed = site.attributes.int("transB", 0) === 1;
  const matrix = isTransposed ? b : transposed(b);
  const [O = 1, I = 1] = matrix.dims;
  const last = x.axes.at(-1) ?? [];
  requireVector(last, I);
  const axes = [...x.axes.slice(0, -1), feature(O)];
  const alpha = site.attributes.float("alpha", 1);
  const beta = site.attributes.float("beta", 1);
  return site.derive([x], axes, () => {
    const c = site.optionalTensor(2);
    const weight = alpha === 1 ? matrix : { ...matrix, data: matrix.data.map((value) => value * alpha) };
    let bias: Float32Array | undefined;
    if (c) {
      const values = alignedConstant(c, axes);
      bias = Float32Array.from({ length: O }, (_, i) => beta * values[values.length === 1 ? 0 : i]!);
    }
    return site.eachRow(x, (row) => dense(site, row, weight, bias));
  });
}

/** A convolution that looks at one place at a time is a matrix. */
function pointwiseConvolution(site: Site): Stream {
  const x = site.stream(0);
  const weight = site.tensor(1);
  const kernel = weight.dims.slice(2);
  const [O = 1, I = 1] = weight.dims;
  const strides = site.attributes.ints("strides") ?? [];
  x.axes.slice(2).forEach((axis, i) => {
    const isWider = kernel[i] !== 1 || (strides[i] ?? 1) !== 1;
    if (hasRole(axis, "time") && isWider) throw cannotStream(`it looks at ${kernel[i]} time steps at once`);
    if (hasRole(axis, "batch") && isWider) throw cannotStream("it looks at several sequences of the batch");
  });
  const isMatrix = sizeOf(kernel) === 1 && site.attributes.int("group", 1) === 1;
  const pads = site.attributes.ints("pads") ?? [];
  if (!isMatrix || pads.some((pad) => pad !== 0) || vectorSize(x.axes) !== I) {
    throw lacking("it is a convolution within each step");
  }
  requireVector(x.axes[1] ?? [], I);
  const bias = site.optionalTensor(2);
  return site.derive([x], x.axes.with(1, feature(O)), () =>
    dense(site, x.value!, { ...weight, dims: [O, I] }, bias && Float32Array.from(bias.data)),
  );
}

/** (x - mean) / sqrt(variance + epsilon) scale + bias with constants: a factor and a summand a channel. */
function batchNormalization(site: Site): Stream {
  const x = site.stream(0);
  if (site.attributes.int("training_mode", 0) === 1) throw cannotStream("it computes its statistics anew");
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => site.tensor(i));
  const epsilon = site.attributes.float("epsilon", 1e-5);
  const channels = x.axes[1] ?? [];
  if (!isFeature(channels)) throw cannotStream("its channels are steps of the sequence");
  return site.derive([x], x.axes, () => {
    const size = vectorSize(x.axes);
    const factor = Float64Array.from(
      scale!.data,
      (value, i) => value / Math.sqrt(variance!.data[i]! + epsilon),
    );
    const summand = Float64Array.from(bias!.data, (value, i) => value - mean!.data[i]! * factor[i]!);
    const inner = vectorSize(x.axes.slice(2));
    const outer = Array.from({ length: size }, (_, i) => Math.floor(i / inner) % factor.length);
    const factors = site.build.constant(Float32Array.from(outer, (channel) => factor[channel]!));
    const summands = site.build.constant(Float32Array.from(outer, (channel) => summand[channel]!));
    const scaled = site.emit(size, { kind: "mul", a: x.value!, b: factors });
    return site.emit(size, { kind: "add", a: scaled, b: summands });
  });
}
