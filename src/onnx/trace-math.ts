import type { Elementwise, Value } from "../cells/index.js";
import {
  type Axis,
  feature,
  featuresOf,
  hasRole,
  isFeature,
  isSameAxis,
  lengthOf,
  vectorSize,
} from "./axes.js";
import { axesOf, axisOf, expand, take } from "./fold.js";
import type { Site } from "./site.js";
import { sizeOf, type Tensor, tensor, transposed } from "./tensor.js";
import { spread } from "./trace-moves.js";
import { cannotStream, isStream, isTensor, lacking, type Stream, type Traced } from "./traced.js";

type Handler = (site: Site) => Traced[];

/** Functions of one element that the kernel has under another name. */
const SAME_FUNCTIONS: Readonly<Record<string, Elementwise>> = {
  Relu: "relu",
  Sigmoid: "sigmoid",
  Tanh: "tanh",
  Softplus: "softplus",
  Exp: "exp",
  Abs: "abs",
  Neg: "neg",
  Sqrt: "sqrt",
};

/** Work on each element by itself, which streams, but not in the kernel. */
const ELEMENTWISE_ONLY =
  "Erf Log Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Clip Celu Gelu Mish ThresholdedRelu Shrink Sign Floor Ceil Round Not Max Min Mean Where Equal Greater Less GreaterOrEqual LessOrEqual And Or Xor Mod IsNaN IsInf BitShift QuantizeLinear DequantizeLinear";

export const MATH_HANDLERS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    Object.entries(SAME_FUNCTIONS).map(([operator, f]): [string, Handler] => [
      operator,
      (site) => [elementwise(site, f)],
    ]),
  ),
  ...Object.fromEntries(
    ELEMENTWISE_ONLY.split(" ").map((operator): [string, Handler] => [
      operator,
      (site) => [unknownFunction(site)],
    ]),
  ),
  LeakyRelu: (site) => [elementwise(site, "leaky-relu", site.attributes.float("alpha", 0.01))],
  Elu: (site) => [elementwise(site, "elu", site.attributes.float("alpha", 1))],
  HardSigmoid: (site) => [
    elementwise(
      site,
      "hard-sigmoid",
      site.attributes.float("alpha", 0.2),
      site.attributes.float("beta", 0.5),
    ),
  ],
  HardSwish: (site) => {
    const x = site.stream(0);
    return [
      site.derive([x], x.axes, () => {
        const size = vectorSize(x.axes);
        const f = apply(site, x.value!, "hard-sigmoid", 1 / 6, 0.5);
        return site.emit(size, { kind: "mul", a: x.value!, b: f });
      }),
    ];
  },
  Selu: (site) => {
    const x = site.stream(0);
    const alpha = site.attributes.float("alpha", 1.6732632423543772);
    const gamma = site.attributes.float("gamma", 1.0507009873554805);
    return [
      site.derive([x], x.axes, () =>
        site.emit(vectorSize(x.axes), {
          kind: "mul",
          a: apply(site, x.value!, "elu", alpha),
          b: site.build.constant(Float32Array.of(gamma)),
        }),
      ),
    ];
  },
  Softsign: (site) => {
    const x = site.stream(0);
    return [
      site.derive([x], x.axes, () => {
        const size = vectorSize(x.axes);
        const one = site.build.constant(Float32Array.of(1));
        const below = site.emit(size, { kind: "add", a: apply(site, x.value!, "abs"), b: one });
        return site.emit(size, { kind: "div", a: x.value!, b: below });
      }),
    ];
  },
  PRelu: (site) => {
    const x = site.stream(0);
    const slope = site.inputs[1];
    if (!isTensor(slope)) throw lacking("its slope is computed from the data");
    return [
      site.derive([x], x.axes, () => {
        // slope x + (1 - slope) relu(x)
        const size = vectorSize(x.axes);
        const values = alignedConstant(slope, x.axes);
        const below = site.emit(size, { kind: "mul", a: x.value!, b: site.build.constant(values) });
        const rest = site.build.constant(values.map((value) => 1 - value));
        const above = site.emit(size, { kind: "mul", a: apply(site, x.value!, "relu"), b: rest });
        return site.emit(size, { kind: "add", a: below, b: above });
      }),
    ];
  },
  Reciprocal: (site) => {
    const x = site.stream(0);
    return [
      site.derive([x], x.axes, () =>
        site.emit(vectorSize(x.axes), {
          kind: "div",
          a: site.build.constant(Float32Array.of(1)),
          b: x.value!,
        }),
      ),
    ];
  },
  Pow: (site) => {
    const x = site.inputs[0];
    const exponent = site.inputs[1];
    const power = isTensor(exponent) && exponent.data.length === 1 ? exponent.data[0] : undefined;
    if (!isStream(x) || (power !== 2 && power !== 0.5 && power !== 1)) return [unknownFunction(site)];
    if (power === 1) return [x];
    if (power === 0.5) return [elementwise(site, "sqrt")];
    return [
      site.derive([x], x.axes, () =>
        site.emit(vectorSize(x.axes), { kind: "mul", a: x.value!, b: x.value! }),
      ),
    ];
  },
  Add: (site) => [binary(site, "add")],
  Sub: (site) => [binary(site, "sub")],
  Mul: (site) => [binary(site, "mul")],
  Div: (site) => [binary(site, "div")],
  Sum: (site) => [binary(site, "add")],
  MatMul: (site) => [matMul(site)],
  Gemm: (site) => [gemm(site)],
  Conv: (site) => [pointwiseConvolution(site)],
  BatchNormalization: (site) => [batchNormalization(site)],
  LayerNormalization: (site) => [layerNormalization(site)],
  Softmax: (site) => [softmax(site, "softmax")],
  LogSoftmax: (site) => [softmax(site, "log-softmax")],
  ReduceMean: (site) => [reduce(site, (size) => 1 / size)],
  ReduceSum: (site) => [reduce(site, () => 1)],
  ...Object.fromEntries(
    "ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare ArgMax ArgMin"
      .split(" ")
      .map((operator): [string, Handler] => [operator, (site) => [reduce(site)]]),
  ),
};

function apply(site: Site, x: Value, f: Elementwise, alpha?: number, beta?: number): Value {
  return site.emit(site.build.sizeOf(x), {
    kind: "elementwise",
    f,
    input: x,
    ...(alpha === undefined ? {} : { alpha }),
    ...(beta === undefined ? {} : { beta }),
  });
}

function elementwise(site: Site, f: Elementwise, alpha?: number, beta?: number): Stream {
  const x = site.stream(0);
  return site.derive([x], x.axes, () => apply(site, x.value!, f, alpha, beta));
}

/** Layout goes on, the value does not. */
function unknownFunction(site: Site): Stream {
  return site.derive(site.inputs.filter(isStream), jointAxes(site), () => {
    throw lacking(`the kernel has no ${site.node.opType}`);
  });
}

/** Axes of all inputs broadcast to each other. */
function jointAxes(site: Site): Axis[] {
  const layouts = site.inputs.flatMap((input) =>
    isStream(input) ? [input.axes] : isTensor(input) ? [input.dims.map(feature)] : [],
  );
  const rank = Math.max(...layouts.map((axes) => axes.length));
  return Array.from({ length: rank }, (_, i) => {
    let joint: Axis = [];
    for (const axes of layouts) {
      const axis = axes[axes.length - rank + i] ?? [];
      if (lengthOf(axis) === 1) continue;
      if (lengthOf(joint) === 1) joint = axis;
      else if (lengthOf(joint) !== lengthOf(axis)) {
        const uneven = !isFeature(joint) || !isFeature(axis);
        throw uneven
          ? cannotStream("it joins values of different steps")
          : lacking(`axes of ${lengthOf(joint)} and ${lengthOf(axis)} side by side`);
      } else if (isFeature(joint)) joint = axis;
      else if (!isFeature(axis) && !isSameAxis(joint, axis)) {
        throw cannotStream("it joins every step with every other");
      }
    }
    if (isFeature(joint) && site.isTimeLength(lengthOf(joint))) {
      throw cannotStream("it joins a constant that is as long as the sequence");
    }
    return joint;
  });
}

/**
 * A constant as the step's vector sees it: one number, or as many as the vector has.
 *
 * @throws Refusal when it differs from step to step
 */
function alignedConstant(constant: Tensor, axes: readonly Axis[]): Float32Array {
  if (constant.isState) throw lacking("it computes with a state input");
  if (constant.data.length === 1) return Float32Array.from(constant.data);
  const lead = axes.length - constant.dims.length;
  let values = constant;
  for (const [i, length] of constant.dims.entries()) {
    const axis = axes[lead + i]!;
    if (length === 1 || isFeature(axis)) continue;
    if (axis.length > 1 && featuresOf(axis) > 1) throw lacking("a constant over time and features at once");
    const first = take(values, i, [0]);
    const all = expand(first, values.dims);
    if (!all.data.every((value, at) => value === values.data[at])) {
      throw cannotStream("its constant differs from step to step (a position in the sequence)");
    }
    values = first;
  }
  return Float32Array.from(expand(values, axes.map(featuresOf)).data);
}

function binary(site: Site, kind: "add" | "sub" | "mul" | "div"): Stream {
  const axes = jointAxes(site);
  const size = vectorSize(axes);
  return site.derive(site.inputs.filter(isStream), axes, () => {
    const operands = site.inputs.flatMap((input, i): Value[] => {
      if (input === undefined) return [];
      if (!isStream(input)) return [site.build.constant(alignedConstant(site.tensor(i), axes))];
      return [vectorSize(input.axes) === 1 ? input.value! : spread(site, input, axes).value!];
    });
    const [first, ...others] = operands;
    if (others.length === 0) return first!;
    return others.reduce((a, b) => site.emit(size, { kind, a, b }), first!);
  });
}

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
function dense(site: Site, input: Value, weight: Tensor, bias?: Float32Array): Value {
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

function layerNormalization(site: Site): Stream {
  const x = site.stream(0);
  const axis = axisOf(site.attributes.int("axis", -1), x.axes.length);
  const normalized = x.axes.slice(axis);
  requireNoTime(normalized);
  const size = vectorSize(normalized);
  const scale = site.tensor(1);
  const bias = site.optionalTensor(2);
  return site.derive([x], x.axes, () => {
    const rows: Stream = { ...x, axes: [...x.axes.slice(0, axis), feature(size)] };
    return site.eachRow(rows, (row) =>
      site.emit(size, {
        kind: "layer-norm",
        input: row,
        scale: filled(scale, size),
        bias: bias ? filled(bias, size) : new Float32Array(size),
        epsilon: site.attributes.float("epsilon", 1e-5),
      }),
    );
  });
}

function filled(values: Tensor, size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => values.data[values.data.length === 1 ? 0 : i]!);
}

/** Before opset 13 over everything from `axis`, since then over `axis` alone. */
function softmax(site: Site, kind: "softmax" | "log-softmax"): Stream {
  const x = site.stream(0);
  const axis = axisOf(site.attributes.int("axis", site.opset < 13 ? 1 : -1), x.axes.length);
  const over = site.opset < 13 ? x.axes.slice(axis) : [x.axes[axis]!];
  requireNoTime(over);
  return site.derive([x], x.axes, () => {
    const size = vectorSize(over);
    if (vectorSize(x.axes.slice(axis)) !== size) throw lacking(`a ${kind} over an inner axis`);
    const rows: Stream = { ...x, axes: [...x.axes.slice(0, axis), feature(size)] };
    return site.eachRow(rows, (row) => site.emit(size, { kind, input: row }));
  });
}

function requireNoTime(axes: readonly Axis[]): void {
  if (axes.some((axis) => hasRole(axis, "time")))
    throw cannotStream("it works over the time axis: it needs the whole sequence");
  if (axes.some((axis) => hasRole(axis, "batch"))) throw cannotStream("it works over the batch");
}

/** @param weightOf what each element counts in a sum; undefined: the kernel has no such reduction */
function reduce(site: Site, weightOf?: (size: number) => number): Stream {
  const x = site.stream(0);
  const rank = x.axes.length;
  const isAttribute = site.opset < (site.node.opType === "ReduceSum" ? 13 : 18);
  const isArg = site.node.opType?.startsWith("Arg") ?? false;
  const given = isArg
    ? [site.attributes.int("axis", 0)]
    : axesOf(site.optionalTensor(1), site.attributes, isAttribute);
  if (given === undefined || given.length === 0) {
    if (site.attributes.int("noop_with_empty_axes", 0) === 1) return x;
  }
  const over = given?.length ? given.map((axis) => axisOf(axis, rank)) : x.axes.map((_, i) => i);
  requireNoTime(over.map((axis) => x.axes[axis]!));
  const keeps = site.attributes.int("keepdims", 1) === 1;
  const axes = x.axes.flatMap((axis, i): Axis[] => (over.includes(i) ? (keeps ? [[]] : []) : [axis]));
  return site.derive([x], axes, () => {
    const size = vectorSize(over.map((axis) => x.axes[axis]!));
    if (weightOf === undefined) throw lacking(`the kernel has no ${site.node.opType}`);
    const first = Math.min(...over);
    if (vectorSize(x.axes.slice(first)) !== size) throw lacking("a reduction over an inner axis");
    const rows: Stream = { ...x, axes: [...x.axes.slice(0, first), feature(size)] };
    const weight = tensor([1, size], new Float32Array(size).fill(weightOf(size)));
    return site.eachRow(rows, (row) => dense(site, row, weight));
  });
}
