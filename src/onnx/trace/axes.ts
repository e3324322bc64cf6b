import { sizeOf } from "../proto/tensor.js";

/**
 * What an axis of a tensor runs over: time steps, sequences of a batch, or elements of the vector that belongs
 * to one step of one sequence. An axis of size 1 has no factors; one that was merged by Reshape has several.
 */
export type Axis = readonly Factor[];

export interface Factor {
  readonly role: "time" | "batch" | "feature";
  /** Above 1. */
  readonly size: number;
}

/** Axis of `size` elements of the step's vector. */
export function feature(size: number): Axis {
  return size === 1 ? [] : [{ role: "feature", size }];
}

export function lengthOf(axis: Axis): number {
  return sizeOf(axis.map(({ size }) => size));
}

export function dimsOf(axes: readonly Axis[]): number[] {
  return axes.map(lengthOf);
}

export function hasRole(axis: Axis, role: Factor["role"]): boolean {
  return axis.some((factor) => factor.role === role);
}

/** How many elements of the step's vector an axis runs over. */
export function featuresOf(axis: Axis): number {
  return sizeOf(axis.filter(({ role }) => role === "feature").map(({ size }) => size));
}

/** Elements of the whole step's vector. */
export function vectorSize(axes: readonly Axis[]): number {
  return sizeOf(axes.map(featuresOf));
}

/** True of an axis that runs over elements of the step's vector only. */
export function isFeature(axis: Axis): boolean {
  return !hasRole(axis, "time") && !hasRole(axis, "batch");
}

export function isSameAxis(a: Axis, b: Axis): boolean {
  return (
    lengthOf(a) === lengthOf(b) &&
    a.filter(({ role }) => role !== "feature").length === b.filter(({ role }) => role !== "feature").length &&
    hasRole(a, "time") === hasRole(b, "time") &&
    hasRole(a, "batch") === hasRole(b, "batch")
  );
}

/**
 * Lays axes out anew over other dimensions, as Reshape does.
 *
 * @returns undefined when that would cut the time or batch axis into pieces
 */
export function reshapeAxes(axes: readonly Axis[], dims: readonly number[]): Axis[] | undefined {
  const left = axes.flat();
  const result: Axis[] = [];
  for (const length of dims) {
    const axis: Factor[] = [];
    let room = length;
    while (room > 1) {
      const next = left.shift();
      if (next === undefined) return undefined;
      if (room % next.size === 0) {
        axis.push(next);
        room /= next.size;
      } else if (next.role === "feature" && next.size % room === 0) {
        axis.push({ role: "feature", size: room });
        left.unshift({ role: "feature", size: next.size / room });
        room = 1;
      } else {
        return undefined;
      }
    }
    result.push(axis);
  }
  return left.length === 0 ? result : undefined;
}
