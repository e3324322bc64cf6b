import type { Value } from "../../cells/index.js";
import { problem } from "../../core/index.js";
import type { Tensor } from "../proto/tensor.js";
import type { Axis } from "./axes.js";

/** A node, and why it cannot be streamed, or what the kernel lacks for it. */
export interface Obstacle {
  /** As `nodeName` writes it. */
  readonly node: string;
  readonly reason: string;
}

/** An obstacle, and what it stands in the way of. */
export interface Lack extends Obstacle {
  /** `stream`: it needs other time steps than this one and those before. `kernel`: Eddy does not know it. */
  readonly cannot: "stream" | "kernel";
}

/** What depends on the data: one vector for every time step, or for the newest only. */
export interface Stream {
  readonly kind: "stream";
  readonly axes: readonly Axis[];
  /** `last`: the newest step's value alone, without a time axis. */
  readonly moment: "step" | "last";
  /** Its value in the step graph; undefined when something on the way to it is in the way. */
  readonly value?: Value;
  readonly lack?: Lack;
}

/** What nothing more is known of. */
export interface Unknown {
  readonly kind: "unknown";
  readonly lack: Lack;
}

export type Traced = Tensor | Stream | Unknown;

export function isTensor(value: Traced | undefined): value is Tensor {
  return value !== undefined && !("kind" in value);
}

export function isStream(value: Traced | undefined): value is Stream {
  return value !== undefined && "kind" in value && value.kind === "stream";
}

export function isUnknown(value: Traced | undefined): value is Unknown {
  return value !== undefined && "kind" in value && value.kind === "unknown";
}

/** Ends the tracing of one node. */
export class Refusal extends Error {
  constructor(
    readonly cannot: Lack["cannot"],
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** It cannot be streamed. */
export function cannotStream(reason: string): Refusal {
  return new Refusal("stream", reason);
}

/** The kernel, or this reader, has nothing for it. */
export function lacking(reason: string): Refusal {
  return new Refusal("kernel", reason);
}

/** The error of a model that needs more than the steps so far. */
export function notStreamableAt({ node, reason }: Lack, name: string): Error {
  return problem(TypeError, {
    code: "ONNX_NOT_STREAMABLE",
    action: "stream",
    on: `ONNX model "${name}"`,
    expected: "every output to depend on the steps so far alone",
    found: `the node ${node}: ${reason}`,
  });
}
