import { Attributes } from "../proto/attributes.js";
import type { NodeProto } from "../proto/model-proto.js";
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
} from "../proto/tensor.js";
import { array, concat, expand, MOST_ELEMENTS, take, transpose } from "./move-tensor.js";
import {
  axesOf,
  axisOf,
  broadcastDims,
  list,
  need,
  reshaped,
  scalar,
  shapeRange,
  sliceRanges,
  splitSizes,
  squeezedAxes,
  unsqueezed,
} from "./operator-axes.js";

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

function constant(attributes: Attributes): Tensor {
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
