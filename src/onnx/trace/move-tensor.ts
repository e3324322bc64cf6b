import { sizeOf, type Tensor } from "../proto/tensor.js";
import { axisOf, need } from "./operator-axes.js";

/** Elements a computed constant may have: more is a mistake of the file. */
export const MOST_ELEMENTS = 1 << 26;

/** Room for `size` elements of a tensor's kind. */
export function array(like: Tensor, size: number): Float32Array | Float64Array {
  if (!(size <= MOST_ELEMENTS)) throw new RangeError(`a tensor of ${size} elements`);
  return like.data instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
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

export function concat(parts: readonly Tensor[], axis: number): Tensor {
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
