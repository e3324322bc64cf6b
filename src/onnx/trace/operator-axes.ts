import type { Attributes } from "../proto/attributes.js";
import { sizeOf, type Tensor } from "../proto/tensor.js";

export function need(value: Tensor | undefined): Tensor {
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
