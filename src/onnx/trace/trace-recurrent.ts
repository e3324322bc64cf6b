import type { CellKind, CellWeights, Nonlinearity, Value } from "../../cells/index.js";
import { gatesFromOnnx, peepholesFromOnnx } from "../gate-order.js";
import type { NodeProto } from "../proto/model-proto.js";
import { sizeOf, type Tensor } from "../proto/tensor.js";
import { type Axis, feature, hasRole, isFeature, lengthOf } from "./axes.js";
import { take } from "./move-tensor.js";
import type { Site } from "./site.js";
import {
  cannotStream,
  isStream,
  isTensor,
  isUnknown,
  lacking,
  type Refusal,
  type Stream,
  type Traced,
} from "./traced.js";

/** Operators with a memory, and the indices of the inputs that hold it before the first step. */
export const RECURRENT: Readonly<Record<string, { cell: CellKind; states: readonly number[] }>> = {
  RNN: { cell: "rnn", states: [5] },
  GRU: { cell: "gru", states: [5] },
  LSTM: { cell: "lstm", states: [5, 6] },
};

const GATES: Readonly<Record<CellKind, number>> = { rnn: 1, gru: 3, lstm: 4 };

/** Index of the input sequence_lens. */
export const LENGTHS = 4;

/** One of a recurrent node's memories: initial_h with Y_h, or initial_c with Y_c. */
export interface StatePort {
  readonly node: NodeProto;
  readonly name: string;
  readonly what: "h" | "c";
  /** Index of the input that holds it at first, and of the output that holds it at the end. */
  readonly input: number;
  readonly output: number;
  readonly directions: readonly ("forward" | "reverse")[];
  readonly hidden: number;
  /** 1: [batch, directions, hidden] instead of [directions, batch, hidden]. */
  readonly layout: number;
  readonly initial: InitialState;
}

/** What a memory holds before the first step. */
export type InitialState =
  | { readonly kind: "zeros" }
  /** [directions, hidden], the same for every sequence. */
  | { readonly kind: "given"; readonly values: Float32Array }
  /** Elements of the model's state inputs, numbered through. */
  | { readonly kind: "input"; readonly elements: ArrayLike<number> }
  | { readonly kind: "unclear"; readonly lack: Refusal };

/** What a recurrent node is, before what flows through it. */
interface Recurrence {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly directions: readonly ("forward" | "reverse")[];
  readonly layout: number;
}

/**
 * @param ports the node's own, of `statePorts`
 * @param given elements of state inputs that are not zero at the start of a sequence
 * @returns Y, Y_h and, of an LSTM, Y_c
 */
export function traceRecurrent(
  site: Site,
  ports: readonly StatePort[],
  given: ReadonlyMap<number, number>,
): Traced[] {
  const recurrence = recurrenceOf(site);
  const { hidden, directions, layout } = recurrence;
  const x = site.stream(0);
  const [time, batch] = layout === 1 ? [x.axes[1], x.axes[0]] : [x.axes[0], x.axes[1]];
  if (x.axes.length !== 3 || time === undefined || batch === undefined) {
    throw lacking(`an input with ${x.axes.length} axes`);
  }
  if (hasRole(batch, "time") || time.length > 1 || (time.length === 1 && !hasRole(time, "time"))) {
    throw cannotStream("its time axis is not the sequence's");
  }
  if (x.moment === "last") throw cannotStream("it reads what is known only after the last step");
  requireAllSteps(site);
  const unclear = ports.flatMap(({ initial }) => (initial.kind === "unclear" ? [initial.lack] : []));
  for (const lack of unclear) if (lack.cannot === "stream") throw lack;

  const vector = x.axes[2]!;
  if (!isFeature(vector)) throw cannotStream("its input runs over time or batch");
  const moment = hasRole(time, "time") ? "last" : "step";
  const one: Axis = directions.length === 1 ? [] : feature(directions.length);
  const units = feature(hidden);
  const sequence = site.derive(
    [x],
    layout === 1 ? [batch, time, one, units] : [time, one, batch, units],
    () => {
      for (const lack of unclear) throw lack;
      return runs(site, recurrence, x.value!, lengthOf(vector), ports, given);
    },
  );
  const last: Stream = {
    ...sequence,
    moment,
    axes: layout === 1 ? [batch, one, units] : [one, batch, units],
  };
  const without = (reason: string): Stream => {
    const { value: _, ...rest } = last;
    return { ...rest, lack: last.lack ?? { cannot: "kernel", node: site.name, reason } };
  };
  const isBackward = directions.includes("reverse") && moment === "last";
  return [
    sequence,
    isBackward ? without("the last state of its backward direction belongs to the first step") : last,
    without("its cell state is used beside its output"),
  ];
}

function recurrenceOf(site: Site): Recurrence {
  const { cell } = RECURRENT[site.node.opType ?? ""]!;
  const direction = site.attributes.text("direction", "forward").toLowerCase();
  const recurrentWeights = site.inputs[2];
  const hidden =
    site.attributes.int("hidden_size", 0) ||
    (isTensor(recurrentWeights) ? (recurrentWeights.dims[2] ?? 0) : 0);
  return {
    cell,
    hidden,
    directions:
      direction === "bidirectional"
        ? ["forward", "reverse"]
        : direction === "reverse"
          ? ["reverse"]
          : ["forward"],
    layout: site.attributes.int("layout", 0),
  };
}

/** A node's memories, whatever flows through it. */
export function statePorts(site: Site): StatePort[] {
  const { hidden, directions, layout } = recurrenceOf(site);
  return RECURRENT[site.node.opType ?? ""]!.states.map((input, i) => {
    const given = site.inputs[input];
    return {
      node: site.node,
      name: site.name,
      what: i === 0 ? "h" : "c",
      input,
      output: i + 1,
      directions,
      hidden,
      layout,
      initial: initialOf(given, layout, directions.length * hidden),
    };
  });
}

function initialOf(given: Traced | undefined, layout: number, size: number): InitialState {
  const unclear = (lack: Refusal): InitialState => ({ kind: "unclear", lack });
  if (isStream(given)) return unclear(cannotStream("its initial state is computed from the data"));
  if (isUnknown(given))
    return unclear(lacking(`its initial state depends on ${given.lack.node}, where ${given.lack.reason}`));
  if (given === undefined || (!given.isState && given.data.every((value) => value === 0)))
    return { kind: "zeros" };
  const first = firstOfBatch(given, layout).data;
  if (given.isState) return { kind: "input", elements: first };
  const axis = layout === 1 ? 0 : 1;
  const isSame = Array.from({ length: given.dims[axis] ?? 1 }, (_, b) => take(given, axis, [b]).data).every(
    (row) => row.every((value, i) => value === first[i]),
  );
  if (!isSame)
    return unclear(cannotStream("its initial state differs from sequence to sequence of the batch"));
  if (first.length !== size)
    return unclear(lacking(`its initial state has ${first.length} numbers instead of ${size}`));
  return { kind: "given", values: Float32Array.from(first) };
}

/** [directions, hidden], empty for zeros */
function initialValues(initial: InitialState, given: ReadonlyMap<number, number>): Float32Array {
  if (initial.kind === "given") return initial.values;
  if (initial.kind !== "input") return new Float32Array(0);
  return Float32Array.from(initial.elements, (element) => given.get(element) ?? 0);
}

function firstOfBatch(given: Tensor, layout: number): Tensor {
  return given.dims.length === 3 ? take(given, layout === 1 ? 0 : 1, [0]) : given;
}

/** Lengths that are the whole sequence's say nothing. */
function requireAllSteps(site: Site): void {
  const lengths = site.inputs[LENGTHS];
  if (lengths === undefined) return;
  if (!isTensor(lengths) || !lengths.data.every((length) => length === site.marks.time)) {
    throw cannotStream("it is told the lengths of the sequences (sequence_lens)");
  }
  site.fixes.push({ node: site.node, input: LENGTHS, by: undefined });
}

/** One operation a direction, side by side. */
function runs(
  site: Site,
  { cell, hidden, directions }: Recurrence,
  input: Value,
  inputs: number,
  ports: readonly StatePort[],
  given: ReadonlyMap<number, number>,
): Value {
  if (site.attributes.has("clip")) throw lacking("the kernel has no clip");
  if (site.attributes.int("input_forget", 0) === 1) throw lacking("the kernel has no input_forget");
  const outputs = directions.map((direction, d) => {
    const nonlinearity = activation(site, cell, d);
    const initial = new Float32Array(hidden * ports.length);
    for (const [i, port] of ports.entries()) {
      initial.set(initialValues(port.initial, given).subarray(d * hidden, (d + 1) * hidden), i * hidden);
    }
    return site.emit(hidden, {
      kind: "recurrent",
      cell,
      ...(cell === "rnn" ? { nonlinearity } : {}),
      ...(cell === "gru" ? { resetAfter: site.attributes.int("linear_before_reset", 0) !== 0 } : {}),
      hidden,
      direction,
      weights: weightsOf(site, cell, hidden, inputs, d),
      ...(initial.some((value) => value !== 0) ? { initial } : {}),
      input,
    });
  });
  return site.build.concat(outputs);
}

/** The kernel's cells have the usual activations; an RNN's may be any of three. */
function activation(site: Site, cell: CellKind, direction: number): Nonlinearity {
  const usual = { rnn: ["tanh"], gru: ["sigmoid", "tanh"], lstm: ["sigmoid", "tanh", "tanh"] }[cell];
  const all = site.attributes.texts("activations")?.map((name) => name.toLowerCase());
  if (all === undefined || all.length === 0) return "tanh";
  const own = all.slice(direction * usual.length, (direction + 1) * usual.length);
  const [first] = own;
  if (cell === "rnn" && (first === "tanh" || first === "relu" || first === "sigmoid")) return first;
  if (!usual.every((name, i) => own[i] === name)) {
    throw lacking(`the kernel has no ${cell.toUpperCase()} with the activations ${all.join(", ")}`);
  }
  return "tanh";
}

function weightsOf(
  site: Site,
  cell: CellKind,
  hidden: number,
  inputs: number,
  direction: number,
): CellWeights {
  const rows = GATES[cell] * hidden;
  const part = (index: number, size: number): Float32Array | undefined => {
    const given = site.optionalTensor(index);
    if (given === undefined) return undefined;
    const from = direction * size;
    if (given.data.length < from + size || sizeOf(given.dims) % size !== 0) {
      throw lacking(
        `${given.data.length} weights in input ${index + 1}, where ${size} a direction are needed`,
      );
    }
    return Float32Array.from(given.data.subarray(from, from + size));
  };
  const w = part(1, rows * inputs);
  const r = part(2, rows * hidden);
  if (w === undefined || r === undefined) throw lacking("its weights are missing");
  const bias = part(3, 2 * rows) ?? new Float32Array(2 * rows);
  const peephole = cell === "lstm" ? part(7, 3 * hidden) : undefined;
  return {
    weightIh: gatesFromOnnx(cell, w),
    weightHh: gatesFromOnnx(cell, r),
    biasIh: gatesFromOnnx(cell, bias.subarray(0, rows)),
    biasHh: gatesFromOnnx(cell, bias.subarray(rows)),
    ...(peephole ? { peephole: peepholesFromOnnx(peephole) } : {}),
  };
}
