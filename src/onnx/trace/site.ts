import type { Operation, Value } from "../../cells/index.js";
import type { Attributes } from "../proto/attributes.js";
import type { NodeProto } from "../proto/model-proto.js";
import type { Tensor } from "../proto/tensor.js";
import { type Axis, isFeature, vectorSize } from "./axes.js";
import type { StepGraphBuilder } from "./step-graph-builder.js";
import {
  cannotStream,
  isStream,
  isTensor,
  type Lack,
  lacking,
  Refusal,
  type Stream,
  type Traced,
} from "./traced.js";

/** Lengths that stand for the time and batch axes. */
export interface Marks {
  /** Steps of the sequence; a number that is nothing else's where the file leaves it open. */
  readonly time: number;
  readonly batch: number;
  /** The file leaves it open. */
  readonly isTimeOpen: boolean;
  readonly isBatchOpen: boolean;
}

/** What a node is given instead, so that it no longer depends on the file's number of steps or sequences. */
export interface Fix {
  readonly node: NodeProto;
  /** Index of the input that is replaced. */
  readonly input: number;
  /** Integers, or a shape with the lengths of the data input's axes; undefined takes the input away. */
  readonly by: Tensor | readonly ShapeEntry[] | undefined;
}

/** One length of a shape: fixed, -1 for what is left, or that of the data input's time or batch axis. */
export type ShapeEntry = number | "time" | "batch";

/** What an operator makes of its inputs: a value for each of its outputs. */
export type Handler = (site: Site) => Traced[];

/** A node while it is traced: what it is given, and what its results are made with. */
export class Site {
  constructor(
    readonly node: NodeProto,
    /** Of its own, and their name as people read it. */
    readonly name: string,
    readonly attributes: Attributes,
    readonly opset: number,
    readonly inputs: readonly (Traced | undefined)[],
    readonly build: StepGraphBuilder,
    readonly marks: Marks,
    readonly fixes: Fix[],
  ) {}

  /** @throws Refusal when the input does not depend on the data */
  stream(index: number): Stream {
    const input = this.inputs[index];
    if (isStream(input)) return input;
    throw lacking(`its input ${index + 1} does not depend on the data`);
  }

  /** @throws Refusal when the input depends on the data */
  tensor(index: number): Tensor {
    const found = this.optionalTensor(index);
    if (found === undefined) throw lacking(`its input ${index + 1} is missing`);
    return found;
  }

  optionalTensor(index: number): Tensor | undefined {
    const input = this.inputs[index];
    if (input === undefined || isTensor(input)) return input;
    throw lacking(`its input ${index + 1} is computed from the data`);
  }

  /**
   * A result that depends on `inputs`, with its own layout.
   *
   * @param compute makes its value; when it throws what the kernel lacks, the layout stands all the same
   */
  derive(inputs: readonly Stream[], axes: readonly Axis[], compute: () => Value): Stream {
    const moment = inputs[0]?.moment ?? "step";
    if (inputs.some((input) => input.moment !== moment)) {
      throw cannotStream(
        "it joins the last step's value to every step's, and a stream does not know its last step",
      );
    }
    const lacks = inputs.flatMap(({ lack }) => lack ?? []);
    const lack = lacks.find(({ cannot }) => cannot === "stream") ?? lacks[0];
    if (lack) return { kind: "stream", axes, moment, lack };
    try {
      return { kind: "stream", axes, moment, value: compute() };
    } catch (cause) {
      if (!(cause instanceof Refusal) || cause.cannot === "stream") throw cause;
      return { kind: "stream", axes, moment, lack: this.lack(cause) };
    }
  }

  lack({ cannot, reason }: Refusal): Lack {
    return { cannot, node: this.name, reason };
  }

  /** The same value, laid out otherwise. */
  relaid(stream: Stream, axes: readonly Axis[]): Stream {
    return { ...stream, axes };
  }

  /** Adds an operation named after the node. */
  emit(size: number, operation: Distributed<Operation>): Value {
    return this.build.emit(size, { ...operation, name: this.name } as Operation);
  }

  /**
   * Applies `compute` to each row of the last axis.
   *
   * @returns the rows' results, one after the other
   */
  eachRow(stream: Stream, compute: (row: Value, size: number) => Value): Value {
    const last = stream.axes.at(-1) ?? [];
    if (!isFeature(last)) throw cannotStream("its last axis runs over time or batch");
    const size = vectorSize([last]);
    const rows = vectorSize(stream.axes) / size;
    const value = stream.value!;
    if (rows === 1) return compute(value, size);
    if (rows > 64) throw lacking(`${rows} rows a step`);
    const parts = Array.from({ length: rows }, (_, row) =>
      compute(this.build.slice(value, row * size, size), size),
    );
    return this.build.concat(parts);
  }

  /** True of a length that can only come from the number of time steps. */
  isTimeLength(length: number): boolean {
    return this.marks.isTimeOpen && length > 0 && length % this.marks.time === 0;
  }
}

type Distributed<T> = T extends unknown ? Omit<T, "output"> : never;
