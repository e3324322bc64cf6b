import { type Tensor, tensor } from "../proto/tensor.js";
import { type Axis, feature, hasRole, vectorSize } from "./axes.js";
import { axesOf, axisOf } from "./operator-axes.js";
import type { Handler, Site } from "./site.js";
import { dense } from "./trace-linear.js";
import { cannotStream, lacking, type Stream } from "./traced.js";

/** Operators that look at several elements of an axis at once, which must not be time. */
export const REDUCTION_HANDLERS: Readonly<Record<string, Handler>> = {
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
