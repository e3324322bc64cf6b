import { FLOAT64, INT64, integers, sizeOf, type Tensor, tensor } from "../proto/tensor.js";
import {
  type Axis,
  dimsOf,
  feature,
  hasRole,
  isFeature,
  isSameAxis,
  lengthOf,
  reshapeAxes,
  vectorSize,
} from "./axes.js";
import { take, transpose } from "./move-tensor.js";
import {
  axesOf,
  axisOf,
  list,
  reshaped,
  sliceRanges,
  splitSizes,
  squeezedAxes,
  unsqueezed,
} from "./operator-axes.js";
import type { Fix, Handler, ShapeEntry, Site } from "./site.js";
import { along, rearranged, spread } from "./trace-select.js";
import { cannotStream, isStream, lacking, type Stream } from "./traced.js";

/** What Slice takes to mean "to the end". */
const END = 2 ** 31 - 1;

/** Operators that move elements about: most change nothing about a step's vector. */
export const MOVE_HANDLERS: Readonly<Record<string, Handler>> = {
  Identity: (site) => [site.stream(0)],
  Dropout: (site) => [site.stream(0)],
  Cast: (site) => {
    const to = site.attributes.int("to", 1);
    if (to === 1 || to === 10 || to === FLOAT64 || to === 16) return [site.stream(0)];
    const { axes } = site.stream(0);
    return [site.derive([site.stream(0)], axes, () => unable("it makes integers of the data"))];
  },
  Shape: (site) => {
    const dims = dimsOf(site.stream(0).axes);
    const start = site.attributes.int("start", 0);
    return [
      integers(dims.slice(start, site.attributes.has("end") ? site.attributes.int("end", 0) : undefined)),
    ];
  },
  Size: (site) => [tensor([], [sizeOf(dimsOf(site.stream(0).axes))], INT64)],
  Transpose: (site) => {
    const x = site.stream(0);
    const perm = site.attributes.ints("perm") ?? x.axes.map((_, i) => x.axes.length - 1 - i);
    const axes = perm.map((axis) => x.axes[axisOf(axis, x.axes.length)]!);
    return [rearranged(site, x, axes, (places) => transpose(places, perm))];
  },
  Squeeze: (site) => {
    const x = site.stream(0);
    const axes = axesOf(site.optionalTensor(1), site.attributes, site.opset < 13);
    const gone = squeezedAxes(dimsOf(x.axes), axes);
    for (const axis of gone) requireSingle(x.axes[axis]!);
    return [
      site.relaid(
        x,
        x.axes.filter((_, axis) => !gone.includes(axis)),
      ),
    ];
  },
  Unsqueeze: (site) => {
    const x = site.stream(0);
    const axes = axesOf(site.optionalTensor(1), site.attributes, site.opset < 13) ?? [];
    return [site.relaid(x, unsqueezed<Axis>(x.axes, axes, []))];
  },
  Reshape: (site) => {
    const x = site.stream(0);
    const wanted = site.opset < 5 ? (site.attributes.ints("shape") ?? []) : list(site.tensor(1));
    const dims = reshaped(dimsOf(x.axes), wanted, site.attributes.int("allowzero", 0) === 1);
    if (dims === undefined) throw cannotStream("it cuts the sequence into pieces of a fixed size");
    return [relaidTo(site, x, dims, 1)];
  },
  Flatten: (site) => {
    const x = site.stream(0);
    const dims = dimsOf(x.axes);
    const axis = axisOf(site.attributes.int("axis", 1), dims.length + 1);
    return [relaidTo(site, x, [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))])];
  },
  Expand: (site) => {
    const x = site.stream(0);
    const shape = list(site.tensor(1));
    const rank = Math.max(shape.length, x.axes.length);
    const lead = rank - x.axes.length;
    const axes = Array.from({ length: rank }, (_, i): Axis => {
      const axis = x.axes[i - lead] ?? [];
      const length = shape[i - (rank - shape.length)] ?? 1;
      if (length === 1 || length === lengthOf(axis)) return axis;
      if (site.isTimeLength(length)) throw cannotStream("it repeats one step's value over a whole sequence");
      if (axis.length > 0) throw lacking(`an axis of ${lengthOf(axis)} spread over ${length}`);
      return site.marks.isBatchOpen && length === site.marks.batch ? [] : feature(length);
    });
    const fixed = axes.map((axis) => (isFeature(axis) ? lengthOf(axis) : 1));
    if (!fixed.every((length, i) => length === shape[i])) site.fixes.push(fix(site, 1, integers(fixed)));
    return [spread(site, x, axes)];
  },
  Tile: (site) => {
    const x = site.stream(0);
    const repeats = list(site.tensor(1));
    const axes = x.axes.map((axis, i): Axis => {
      const times = repeats[i] ?? 1;
      if (times === 1) return axis;
      if (site.isTimeLength(times)) throw cannotStream("it repeats one step's value over a whole sequence");
      if (!isFeature(axis)) throw cannotStream("it repeats the sequence");
      return feature(lengthOf(axis) * times);
    });
    return [
      rearranged(site, x, axes, (places) =>
        repeats.reduce(
          (all, times, axis) =>
            times === 1 || !isFeature(x.axes[axis]!)
              ? all
              : take(
                  all,
                  axis,
                  Array.from({ length: all.dims[axis]! * times }, (_, i) => i % all.dims[axis]!),
                ),
          places,
        ),
      ),
    ];
  },
  Slice: (site) => {
    let x = site.stream(0);
    const tensors = [0, 1, 2, 3, 4].map((i) => (i === 0 ? undefined : site.optionalTensor(i)));
    const dims = dimsOf(x.axes);
    const ranges = sliceRanges(dims, tensors, site.attributes, site.opset);
    for (const range of ranges) x = along(site, x, range.axis, range.indices, "slice");
    fixSlice(site, tensors, dims, ranges);
    return [x];
  },
  Gather: (site) => {
    const x = site.inputs[0];
    if (!isStream(x)) return [embedded(site)];
    const axis = axisOf(site.attributes.int("axis", 0), x.axes.length);
    const length = lengthOf(x.axes[axis]!);
    const indices = site.tensor(1);
    const places = Array.from(indices.data, (index) => (index < 0 ? index + length : index));
    const taken = along(site, x, axis, places, "gather");
    if (hasRole(x.axes[axis]!, "time") && indices.data.some((index) => index >= 0)) {
      site.fixes.push(
        fix(site, 1, { ...indices, data: indices.data.map((index) => (index < 0 ? index : index - length)) }),
      );
    }
    const middle = indices.dims.length === 1 ? [taken.axes[axis]!] : indices.dims.map(feature);
    return [site.relaid(taken, [...taken.axes.slice(0, axis), ...middle, ...taken.axes.slice(axis + 1)])];
  },
  Split: (site) => {
    const x = site.stream(0);
    const axis = axisOf(site.attributes.int("axis", 0), x.axes.length);
    const outputs = site.node.output.length;
    const sizes = splitSizes(
      lengthOf(x.axes[axis]!),
      site.optionalTensor(1),
      site.attributes,
      site.opset,
      outputs,
    );
    let from = 0;
    return sizes.map((size) => {
      from += size;
      const indices = Array.from({ length: size }, (_, i) => from - size + i);
      return along(site, x, axis, indices, "slice");
    });
  },
  Concat: (site) => [concatenated(site)],
};

function requireSingle(axis: Axis): void {
  if (hasRole(axis, "time")) throw cannotStream("it drops the time axis");
  if (!isFeature(axis)) return; // A batch of one is what streams.
  if (axis.length > 0) throw lacking("it squeezes an axis that is longer than 1");
}

function relaidTo(site: Site, x: Stream, dims: readonly number[], input?: number): Stream {
  const axes = reshapeAxes(x.axes, dims);
  if (axes === undefined) throw cannotStream("it cuts the sequence into pieces");
  if (input !== undefined && site.opset >= 5) fixReshape(site, axes);
  return site.relaid(x, axes);
}

/** A target without the number of steps and sequences. */
function fixReshape(site: Site, axes: readonly Axis[]): void {
  const wanted = axes.map((axis): ShapeEntry => {
    if (isFeature(axis)) return lengthOf(axis);
    return axis.length === 1 ? (hasRole(axis, "time") ? "time" : "batch") : -1;
  });
  const given = list(site.tensor(1));
  if (wanted.every((length, i) => length === given[i])) return;
  const open = wanted.flatMap((length, i) => (typeof length === "number" && length !== -1 ? [] : [i]));
  site.fixes.push(
    fix(site, 1, open.length === 1 ? integers(wanted.map((n) => (typeof n === "number" ? n : -1))) : wanted),
  );
}

function fixSlice(
  site: Site,
  tensors: readonly (Tensor | undefined)[],
  dims: readonly number[],
  ranges: ReturnType<typeof sliceRanges>,
): void {
  if (site.opset < 10) return;
  const x = site.stream(0);
  const starts = list(tensors[1]);
  const ends = list(tensors[2]);
  ranges.forEach(({ axis, indices }, i) => {
    if (isFeature(x.axes[axis]!)) return;
    const isLast = indices.length === 1 && indices[0] === dims[axis]! - 1 && dims[axis]! > 1;
    if (isLast && starts[i]! >= 0) starts[i] = -1;
    if (indices.at(-1) === dims[axis]! - 1) ends[i] = END;
  });
  for (const [input, values] of [starts, ends].entries()) {
    const old = tensors[input + 1]!;
    if (values.some((value, i) => value !== old.data[i] && !(value === END && old.data[i]! > END))) {
      site.fixes.push(fix(site, input + 1, tensor(old.dims, values, old.type)));
    }
  }
}

function fix(site: Site, input: number, by: Fix["by"]): Fix {
  return { node: site.node, input, by };
}

/** A row of a table for every number of the data. */
function embedded(site: Site): Stream {
  const table = site.tensor(0);
  const x = site.stream(1);
  const axis = axisOf(site.attributes.int("axis", 0), table.dims.length);
  const before = table.dims.slice(0, axis).map(feature);
  const axes = [...before, ...x.axes, ...table.dims.slice(axis + 1).map(feature)];
  return site.derive([x], axes, () => unable("it looks up a table by the data (an embedding)"));
}

function concatenated(site: Site): Stream {
  const streams = site.inputs.filter(isStream);
  const first = streams[0]!;
  const rank = first.axes.length;
  const at = axisOf(site.attributes.int("axis", 1), rank);
  let length = 0;
  for (const input of site.inputs) {
    const part = isStream(input) ? input.axes : (input && "dims" in input ? input.dims : []).map(feature);
    const axis = part[at] ?? [];
    length += lengthOf(axis);
    if (!isFeature(axis)) throw cannotStream("it joins sequences one after the other");
    if (isStream(input) && !part.every((other, i) => i === at || isSameAxis(other, first.axes[i]!))) {
      throw lacking("its inputs are laid out differently");
    }
  }
  const axes = first.axes.with(at, feature(length));
  return site.derive(streams, axes, () => {
    const inner = (of: readonly Axis[]): number => vectorSize(of.slice(at));
    const outer = vectorSize(first.axes.slice(0, at));
    const parts = site.inputs.map((input, i) => {
      if (isStream(input)) return { value: input.value!, inner: inner(input.axes) };
      const constant = site.tensor(i);
      const own = constant.dims.map((size, axis) => (isFeature(first.axes[axis]!) ? size : 1));
      let values = constant;
      for (const [axis, size] of own.entries())
        if (size !== constant.dims[axis]) values = take(values, axis, [0]);
      return { value: site.build.constant(Float32Array.from(values.data)), inner: sizeOf(own.slice(at)) };
    });
    const rows = Array.from({ length: outer }, (_, row) =>
      parts.map((part) => site.build.slice(part.value, row * part.inner, part.inner)),
    );
    return site.build.concat(rows.flat());
  });
}

function unable(reason: string): never {
  throw lacking(reason);
}
