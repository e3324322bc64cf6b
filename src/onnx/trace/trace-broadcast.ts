import type { Value } from "../../cells/index.js";
import type { Tensor } from "../proto/tensor.js";
import { type Axis, feature, featuresOf, isFeature, isSameAxis, lengthOf, vectorSize } from "./axes.js";
import { expand, take } from "./move-tensor.js";
import type { Handler, Site } from "./site.js";
import { spread } from "./trace-select.js";
import { cannotStream, isStream, isTensor, lacking, type Stream } from "./traced.js";

/** Operators on values side by side, spread over each other's axes. */
export const BROADCAST_HANDLERS: Readonly<Record<string, Handler>> = {
  Add: (site) => [binary(site, "add")],
  Sub: (site) => [binary(site, "sub")],
  Mul: (site) => [binary(site, "mul")],
  Div: (site) => [binary(site, "div")],
  Sum: (site) => [binary(site, "add")],
};

/** Layout goes on, the value does not. */
export function unknownFunction(site: Site): Stream {
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
export function alignedConstant(constant: Tensor, axes: readonly Axis[]): Float32Array {
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
