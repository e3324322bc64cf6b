import { INT64, type Tensor, tensor } from "../proto/tensor.js";
import { type Axis, feature, featuresOf, hasRole, lengthOf, vectorSize } from "./axes.js";
import { take } from "./move-tensor.js";
import type { Site } from "./site.js";
import { cannotStream, lacking, type Stream } from "./traced.js";

/** Indices along one axis of the sequence, of the batch, or of the step's vector. */
export function along(
  site: Site,
  x: Stream,
  axis: number,
  indices: readonly number[],
  how: "slice" | "gather",
): Stream {
  const which = x.axes[axis]!;
  const length = lengthOf(which);
  const isWhole = indices.length === length && indices.every((index, i) => index === i);
  if (isWhole) return x;
  if (indices.length === 0) throw lacking("it takes no elements at all");
  if (hasRole(which, "time")) {
    if (which.length > 1 || indices.length !== 1 || indices[0] !== length - 1) {
      const what = indices.length === 1 ? `step ${indices[0]}` : `${indices.length} steps`;
      const open = site.marks.isTimeOpen && indices.some((index) => index > 0);
      const lack = site.lack(cannotStream(`it takes ${open ? "some steps" : what} of the sequence`));
      return { kind: "stream", axes: x.axes.with(axis, feature(indices.length)), moment: x.moment, lack };
    }
    return { ...x, axes: x.axes.with(axis, []), moment: "last" };
  }
  if (hasRole(which, "batch")) {
    if (indices.length !== 1) throw cannotStream(`it takes some sequences of the batch (${how})`);
    return { ...x, axes: x.axes.with(axis, []) };
  }
  const axes = x.axes.with(axis, feature(indices.length));
  return rearranged(site, x, axes, (places) => take(places, axis, indices));
}

/**
 * Moves elements of the step's vector.
 *
 * @param move what becomes of a tensor with the axes of `x`, time and batch being 1, that holds the place of
 *   each element
 */
export function rearranged(
  site: Site,
  x: Stream,
  axes: readonly Axis[],
  move: (places: Tensor) => Tensor,
): Stream {
  return site.derive([x], axes, () => {
    const moved = move(placesOf(x.axes));
    const isSame = moved.data.length === vectorSize(x.axes) && moved.data.every((place, i) => place === i);
    return isSame ? x.value! : site.build.select(x.value!, [...moved.data]);
  });
}

function placesOf(axes: readonly Axis[]): Tensor {
  return tensor(
    axes.map(featuresOf),
    Array.from({ length: vectorSize(axes) }, (_, i) => i),
    INT64,
  );
}

/** The same value over axes of which some, of size 1 in it, are longer. */
export function spread(site: Site, x: Stream, axes: readonly Axis[]): Stream {
  const size = vectorSize(axes);
  if (vectorSize(x.axes) === size) return site.relaid(x, axes);
  return site.derive([x], axes, () => {
    const lead = axes.length - x.axes.length;
    const strides = x.axes.map((_, i) => vectorSize(x.axes.slice(i + 1)));
    const sizes = axes.map(featuresOf);
    const indices = Array.from({ length: size }, (_, place) => {
      let from = 0;
      let rest = place;
      for (let i = axes.length - 1; i >= 0; i--) {
        const at = rest % sizes[i]!;
        rest = (rest - at) / sizes[i]!;
        if (i >= lead && featuresOf(x.axes[i - lead]!) > 1) from += at * strides[i - lead]!;
      }
      return from;
    });
    return site.build.select(x.value!, indices);
  });
}
