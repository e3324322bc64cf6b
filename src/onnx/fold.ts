import { Attributes } from "./attributes.js";
import type { NodeProto } from "./model-proto.js";
import {
  BOOL,
  FLOAT32,
  FLOAT64,
  INT64,
  integers,
  readTensor,
  sizeOf,
  type Tensor,
  tensor,
} from "./tensor.js";

/** Elements a computed constant may have: more is a mistake of the file. */
const MOST_ELEMENTS = 1 << 26;

type Fold = (
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes,
  opset: number,
  outputs: number,
) => Tensor[];

/**
 * Computes a node whose inputs are all known: what exporters leave of shapes, initial states and weights.
 *
 * @param inputs undefined where an optional one is omitted
 * @returns undefined when Eddy does not know the operator
 * @throws RangeError when the inputs do not fit it
 */
export function fold(
  node: NodeProto,
  inputs: readonly (Tensor | undefined)[],
  opset: number,
): Tensor[] | undefined {
  if (node.domain && node.domain !== "ai.onnx") return undefined;
  const operator = FOLDS[node.opType ?? ""];
  if (operator === undefined) return undefined;
  const isState = inputs.some((input) => input?.isState);
  if (isState && !MOVES.has(node.opType ?? "")) return undefined;
  const results = operator(inputs, new Attributes(node), opset, node.output.length);
  return isState ? results.map((result) => ({ ...result, isState })) : results;
}

/** Operators that only move elements: what they make of a state's elements are still these. */
export const MOVES: ReadonlySet<string> = new Set(
  "Identity Cast Reshape Flatten Transpose Squeeze Unsqueeze Slice Gather Split Concat Expand".split(" "),
);

const FOLDS: Readonly<Record<string, Fold>> = {
  Identity: ([x]) => [need(x)],
  Dropout: ([x]) => [need(x)],
  Constant: (_, attributes) => [constant(attributes)],
  Cast: ([x], attributes) => [cast(need(x), attributes.int("to", FLOAT32))],
  CastLike: ([x, like]) => [cast(need(x), need(like).type)],
  Shape: ([x], attributes) => {
    const dims = need(x).dims;
    return [integers(dims.slice(...shapeRange(dims.length, attributes)))];
  },
  Size: ([x]) => [tensor([], [sizeOf(need(x).dims)], INT64)],
  ConstantOfShape: ([shape], attributes) => {
    const value = attributes.get("value")?.t;
    const fill = value ? readTensor(value, "ConstantOfShape") : tensor([1], [0]);
    const dims = list(shape);
    return [{ dims, data: array(fill, sizeOf(dims)).fill(fill.data[0] ?? 0), type: fill.type }];
  },
  Range: ([start, limit, delta]) => {
    const [from, to, by] = [scalar(start), scalar(limit), scalar(delta)];
    const count = Math.max(0, Math.ceil((to - from) / by));
    if (!(count < MOST_ELEMENTS)) throw new RangeError(`a range of ${count} numbers`);
    return [
      tensor(
        [count],
        Array.from({ length: count }, (_, i) => from + i * by),
        need(start).type,
      ),
    ];
  },
  Reshape: ([x, shape], attributes, opset) => {
    const wanted = opset < 5 ? (attributes.ints("shape") ?? []) : list(shape);
    const dims = reshaped(need(x).dims, wanted, attributes.int("allowzero", 0) === 1);
    if (dims) return [{ ...need(x), dims }];
    throw new RangeError(`a reshape of [${need(x).dims.join(", ")}] to [${wanted.join(", ")}]`);
  },
  Flatten: ([x], attributes) => {
    const { dims } = need(x);
    const axis = axisOf(attributes.int("axis", 1), dims.length + 1);
    return [{ ...need(x), dims: [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))] }];
  },
  Squeeze: ([x, axes], attributes, opset) => {
    const { dims } = need(x);
    const wanted = squeezedAxes(dims, axesOf(axes, attributes, opset < 13));
    return [{ ...need(x), dims: dims.filter((_, axis) => !wanted.includes(axis)) }];
  },
  Unsqueeze: ([x, axes], attributes, opset) => {
    const { dims } = need(x);
    return [{ ...need(x), dims: unsqueezed(dims, axesOf(axes, attributes, opset < 13) ?? [], 1) }];
  },
  Transpose: ([x], attributes) => {
    const { dims } = need(x);
    return [transpose(need(x), attributes.ints("perm") ?? dims.map((_, i) => dims.length - 1 - i))];
  },
  Concat: (inputs, attributes) => [concat(inputs.map(need), attributes.int("axis", 1))],
  Gather: ([x, indices], attributes) => {
    const source = need(x);
    const axis = axisOf(attributes.int("axis", 0), source.dims.length);
    const length = source.dims[axis] ?? 1;
    const taken = take(
      source,
      axis,
      Array.from(need(indices).data, (i) => (i < 0 ? i + length : i)),
    );
    const dims = [...source.dims.slice(0, axis), ...need(indices).dims, ...source.dims.slice(axis + 1)];
    return [{ ...taken, dims }];
  },
  Slice: (inputs, attributes, opset) => {
    let result = need(inputs[0]);
    for (const { axis, indices } of sliceRanges(result.dims, inputs, attributes, opset)) {
      result = take(result, axis, indices);
    }
    return [result];
  },
  Split: ([x, sizes], attributes, opset, outputs) => {
    const source = need(x);
    const axis = axisOf(attributes.int("axis", 0), source.dims.length);
    let from = 0;
    return splitSizes(source.dims[axis] ?? 0, sizes, attributes, opset, outputs).map((size) => {
      from += size;
      return take(
        source,
        axis,
        Array.from({ length: size }, (_, i) => from - size + i),
      );
    });
  },
  Expand: ([x, shape]) => [expand(need(x), broadcastDims(need(x).dims, list(shape)))],
  Tile: ([x, repeats]) => {
    let result = need(x);
    for (const [axis, times] of list(repeats).entries()) {
      const length = result.dims[axis] ?? 1;
      result = take(
        result,
        axis,
        Array.from({ length: length * times }, (_, i) => i % length),
      );
    }
    return [result];
  },
  Where: ([condition, a, b]) => {
    const dims = broadcastDims(broadcastDims(need(condition).dims, need(a).dims), need(b).dims);
    const [test, yes, no] = [expand(need(condition), dims), expand(need(a), dims), expand(need(b), dims)];
    return [
      {
        dims,
        type: yes.type,
        data: array(yes, yes.data.length).map((_, i) => (test.data[i] ? yes : no).data[i]!),
      },
    ];
  },
  Add: pairwise((a, b) => a + b),
  Sub: pairwise((a, b) => a - b),
  Mul: pairwise((a, b) => a * b),
  Div: pairwise(
    (a, b) => a / b,
    (a, b) => Math.trunc(a / b),
  ),
  Mod: pairwise((a, b) => a - b * Math.floor(a / b)),
  Pow: pairwise((a, b) => (b === 2 ? a * a : b === 0.5 ? Math.sqrt(a) : a ** b)),
  Max: pairwise(Math.max),
  Min: pairwise(Math.min),
  Equal: pairwise((a, b) => Number(a === b), undefined, BOOL),
  Greater: pairwise((a, b) => Number(a > b), undefined, BOOL),
  Less: pairwise((a, b) => Number(a < b), undefined, BOOL),
  GreaterOrEqual: pairwise((a, b) => Number(a >= b), undefined, BOOL),
  LessOrEqual: pairwise((a, b) => Number(a <= b), undefined, BOOL),
  And: pairwise((a, b) => Number(a !== 0 && b !== 0), undefined, BOOL),
  Or: pairwise((a, b) => Number(a !== 0 || b !== 0), undefined, BOOL),
  Not: ([x]) => [{ ...need(x), data: need(x).data.map((value) => Number(value === 0)) }],
  Neg: ([x]) => [{ ...need(x), data: need(x).data.map((value) => -value) }],
  Abs: ([x]) => [{ ...need(x), data: need(x).data.map(Math.abs) }],
  Sqrt: ([x]) => [{ ...need(x), data: need(x).data.map(Math.sqrt) }],
  Reciprocal: ([x]) => [{ ...need(x), data: need(x).data.map((value) => 1 / value) }],
  Floor: ([x]) => [{ ...need(x), data: need(x).data.map(Math.floor) }],
  Ceil: ([x]) => [{ ...need(x), data: need(x).data.map(Math.ceil) }],
  ReduceProd: ([x], attributes) => {
    const dims = attributes.int("keepdims", 1) === 1 ? need(x).dims.map(() => 1) : [];
    return [tensor(dims, [sizeOf([...need(x).data])], need(x).type)];
  },
  DequantizeLinear: ([x, scale, zero], attributes) => {
    const source = need(x);
    const factor = need(scale);
    const axis = axisOf(attributes.int("axis", 1), source.dims.length);
    const inner = sizeOf(source.dims.slice(axis + 1));
    const data = Float32Array.from(source.data, (value, i) => {
      const at = factor.data.length === 1 ? 0 : Math.floor(i / inner) % factor.data.length;
      return (value - (zero?.data[at] ?? 0)) * factor.data[at]!;
    });
    return [{ dims: source.dims, data, type: FLOAT32 }];
  },
};

function need(value: Tensor | undefined): Tensor {
  if (value === undefined) throw new RangeError("an input is missing");
  return value;
}

export function list(value: Tensor | undefined): number[] {
  return [...need(value).data];
}

export function scalar(value: Tensor | undefined): number {
  const [first] = need(value).data;
  if (first === undefined) throw new RangeError("an empty tensor, where a number is needed");
  return first;
}

/** Room for `size` elements of a tensor's kind. */
function array(like: Tensor, size: number): Float32Array | Float64Array {
  if (!(size <= MOST_ELEMENTS)) throw new RangeError(`a tensor of ${size} elements`);
  return like.data instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
}

export function constant(attributes: Attributes): Tensor {
  const value = attributes.get("value")?.t;
  if (value) return readTensor(value, "a Constant node");
  for (const name of ["value_float", "value_int", "value_floats", "value_ints"] as const) {
    const attribute = attributes.get(name);
    if (attribute === undefined) continue;
    if (name === "value_float") return tensor([], [attribute.f ?? 0]);
    if (name === "value_int") return tensor([], [attribute.i ?? 0], INT64);
    if (name === "value_floats") return tensor([attribute.floats.length], attribute.floats);
    return integers(attribute.ints);
  }
  throw new RangeError("a constant without numbers");
}

function cast(x: Tensor, type: number): Tensor {
  if (x.isState || type === x.type) return { ...x, type };
  if (type === FLOAT32) return { ...x, type, data: Float32Array.from(x.data) };
  const toInteger = type !== FLOAT64 && type !== 10 && type !== 16;
  const data = Float64Array.from(x.data, (value) =>
    type === BOOL ? Number(value !== 0) : toInteger ? Math.trunc(value) : value,
  );
  return { ...x, type, data };
}

export function axisOf(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(at) || at < 0 || at >= rank) {
    throw new RangeError(`axis ${axis} of a tensor with ${rank} axes`);
  }
  return at;
}

/** Axes stand in an attribute in older operator sets, in an input in newer ones. */
export function axesOf(
  input: Tensor | undefined,
  attributes: Attributes,
  isAttribute: boolean,
): readonly number[] | undefined {
  if (isAttribute || input === undefined) return attributes.ints("axes");
  return list(input);
}

export function squeezedAxes(dims: readonly number[], axes: readonly number[] | undefined): number[] {
  if (axes !== undefined) return axes.map((axis) => axisOf(axis, dims.length));
  return dims.flatMap((length, axis) => (length === 1 ? [axis] : []));
}

/** `items` with `unit` put in, so that it stands at `axes` of the result. */
export function unsqueezed<T>(items: readonly T[], axes: readonly number[], unit: T): T[] {
  const rank = items.length + axes.length;
  const result = [...items];
  const places = axes.map((axis) => axisOf(axis, rank)).sort((a, b) => a - b);
  for (const place of places) result.splice(place, 0, unit);
  return result;
}

export function shapeRange(rank: number, attributes: Attributes): [start: number, end: number] {
  const clamp = (at: number): number => Math.min(rank, Math.max(0, at < 0 ? at + rank : at));
  return [clamp(attributes.int("start", 0)), clamp(attributes.int("end", rank))];
}

/** The dimensions that Reshape gives: 0 copies, -1 takes what is left; undefined when they don't fit. */
export function reshaped(
  dims: readonly number[],
  wanted: readonly number[],
  allowZero = false,
): number[] | undefined {
  const result = wanted.map((length, axis) => (length === 0 && !allowZero ? (dims[axis] ?? 0) : length));
  const known = result.reduce((product, length) => (length === -1 ? product : product * length), 1);
  const open = result.indexOf(-1);
  if (open >= 0) result[open] = sizeOf(dims) / known;
  return sizeOf(result) === sizeOf(dims) && result.every(Number.isInteger) ? result : undefined;
}

export function transpose(x: Tensor, perm: readonly number[]): Tensor {
  const dims = perm.map((axis) => x.dims[axis] ?? 1);
  const strides = stridesOf(x.dims);
  const data = array(x, x.data.length);
  forEachIndex(
    dims,
    perm.map((axis) => strides[axis] ?? 0),
    (to, from) => {
      data[to] = x.data[from]!;
    },
  );
  return { ...x, dims, data };
}

/** Elements of `indices` along one axis. */
export function take(x: Tensor, axis: number, indices: readonly number[]): Tensor {
  const outer = sizeOf(x.dims.slice(0, axis));
  const length = x.dims[axis] ?? 1;
  const inner = sizeOf(x.dims.slice(axis + 1));
  const data = array(x, outer * indices.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      if (!(index >= 0 && index < length)) throw new RangeError(`element ${index} of ${length}`);
      const from = (o * length + index) * inner;
      data.set(x.data.subarray(from, from + inner), at);
      at += inner;
    }
  }
  return { ...x, dims: x.dims.with(axis, indices.length), data };
}

function concat(parts: readonly Tensor[], axis: number): Tensor {
  const first = need(parts[0]);
  const at = axisOf(axis, first.dims.length);
  const outer = sizeOf(first.dims.slice(0, at));
  const length = parts.reduce((sum, part) => sum + (part.dims[at] ?? 0), 0);
  if (parts.some((part) => part.isState !== first.isState)) throw new RangeError("a state beside other data");
  const dims = first.dims.with(at, length);
  const data = array(first, sizeOf(dims));
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const part of parts) {
      const inner = part.data.length / outer;
      data.set(part.data.subarray(o * inner, (o + 1) * inner), to);
      to += inner;
    }
  }
  return { ...first, dims, data };
}

/** What Slice takes of each axis; starts and ends stand in attributes before opset 10. */
export function sliceRanges(
  dims: readonly number[],
  [, starts, ends, axes, steps]: readonly (Tensor | undefined)[],
  attributes: Attributes,
  opset: number,
): { axis: number; indices: number[]; start: number; step: number }[] {
  const from = opset < 10 ? (attributes.ints("starts") ?? []) : list(starts);
  const to = opset < 10 ? (attributes.ints("ends") ?? []) : list(ends);
  const along = (opset < 10 ? attributes.ints("axes") : axes && list(axes)) ?? from.map((_, i) => i);
  return along.map((which, i) => {
    const axis = axisOf(which, dims.length);
    const length = dims[axis] ?? 1;
    const step = opset < 10 || steps === undefined ? 1 : (steps.data[i] ?? 1);
    const clamp = (value: number, low: number, high: number): number =>
      Math.min(high, Math.max(low, value < 0 ? value + length : value));
    const down = step < 0;
    const start = clamp(from[i] ?? 0, down ? -1 : 0, down ? length - 1 : length);
    // An end far below zero means: through the first element.
    const last = to[i] ?? length;
    const end = down && last < -length ? -1 : clamp(last, down ? -1 : 0, length);
    const indices: number[] = [];
    for (let at = start; down ? at > end : at < end; at += step) indices.push(at);
    return { axis, indices, start, step };
  });
}

export function splitSizes(
  length: number,
  sizes: Tensor | undefined,
  attributes: Attributes,
  opset: number,
  outputs: number,
): number[] {
  const given = opset < 13 ? attributes.ints("split") : sizes && list(sizes);
  if (given !== undefined) return [...given];
  const each = Math.ceil(length / outputs);
  return Array.from({ length: outputs }, (_, i) => Math.min(each, length - i * each));
}

export function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new RangeError(`[${a.join(", ")}] beside [${b.join(", ")}]`);
    }
    return left === 1 ? right : left;
  });
}

export function expand(x: Tensor, dims: readonly number[]): Tensor {
  const lead = dims.length - x.dims.length;
  const strides = stridesOf(x.dims);
  const data = array(x, sizeOf(dims));
  forEachIndex(
    dims,
    dims.map((_, axis) => (axis < lead || x.dims[axis - lead] === 1 ? 0 : (strides[axis - lead] ?? 0))),
    (to, from) => {
      data[to] = x.data[from]!;
    },
  );
  return { ...x, dims, data };
}

function pairwise(f: (a: number, b: number) => number, ofIntegers = f, type?: number): Fold {
  return (inputs) => {
    const [first, ...others] = inputs.map(need);
    return [
      others.reduce((x, y) => {
        const dims = broadcastDims(x.dims, y.dims);
        const [a, b] = [expand(x, dims), expand(y, dims)];
        const isFloat = x.type === FLOAT32 || x.type === FLOAT64;
        const data = array(x, sizeOf(dims)).map((_, i) => (isFloat ? f : ofIntegers)(a.data[i]!, b.data[i]!));
        return { dims, data, type: type ?? x.type };
      }, need(first)),
    ];
  };
}

function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * dims[axis + 1]!;
  return strides;
}

/** Calls `visit` with every index of a row-major tensor and the place that `strides` give it elsewhere. */
function forEachIndex(
  dims: readonly number[],
  strides: readonly number[],
  visit: (to: number, from: number) => void,
): void {
  const size = sizeOf(dims);
  const counters = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < size; to++) {
    visit(to, from);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++counters[axis]! < dims[axis]!) break;
      from -= strides[axis]! * dims[axis]!;
      counters[axis] = 0;
    }
  }
}
