import type { InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { problem } from "../../core/index.js";
import { FATAL, type OrtRuntime } from "./ort-runtime.js";

/** Element types that can be fed and read, with the arrays that hold them. */
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
} as const;
export type ElementType = keyof typeof ARRAYS;
type Elements = Float32Array | Float64Array | Int32Array | BigInt64Array;

export function isElementType(type: string): type is ElementType {
  return type in ARRAYS;
}

/** An input or output of a session, at one time step. */
export interface SessionPort {
  readonly name: string;
  readonly type: ElementType;
  /** Its batch axis is `batch`; time is 1. */
  readonly shape: readonly (number | "batch")[];
}

/** How a session is stepped. */
export interface SessionPlan {
  readonly input: SessionPort;
  readonly output: SessionPort;
  readonly states: readonly { readonly input: SessionPort; readonly output: SessionPort }[];
}

/** An ONNX Runtime session with its input tensors, which are filled anew for every run. */
export class OrtSession {
  readonly #runtime: OrtRuntime;
  readonly #session: InferenceSession;
  readonly #plan: SessionPlan;
  readonly #wanted: readonly string[];
  #batch = 0;
  #feeds: Record<string, Tensor> = {};
  #arrays: readonly Elements[] = [];

  /** @throws SyntaxError code `ONNX_UNREADABLE` when ONNX Runtime does not take the model */
  static async open(
    runtime: OrtRuntime,
    bytes: Uint8Array,
    name: string,
    plan: SessionPlan,
  ): Promise<OrtSession> {
    try {
      return new OrtSession(runtime, await runtime.open(bytes), plan);
    } catch (cause) {
      throw problem(SyntaxError, {
        code: "ONNX_UNREADABLE",
        action: "read",
        on: `ONNX model "${name}"`,
        expected: "a model that ONNX Runtime can run",
        found: messageOf(cause),
        cause,
      });
    }
  }

  private constructor(runtime: OrtRuntime, session: InferenceSession, plan: SessionPlan) {
    this.#runtime = runtime;
    this.#session = session;
    this.#plan = plan;
    this.#wanted = [plan.output.name, ...plan.states.map(({ output }) => output.name)];
  }

  /** Makes ready for steps of B keys at once. */
  prepare(batch: number): void {
    if (batch === this.#batch) return;
    for (const tensor of Object.values(this.#feeds)) tensor.dispose();
    this.#batch = batch;
    this.#feeds = {};
    this.#arrays = this.#ports().map(({ name, type, shape }) => {
      const dims = shape.map((length) => (length === "batch" ? batch : length));
      const array = new ARRAYS[type](dims.reduce((product, length) => product * length, 1));
      this.#feeds[name] = new this.#runtime.Tensor(type, array as Float32Array, dims);
      return array;
    });
  }

  /**
   * Writes one key's numbers into an input: 0 the data, then the states.
   *
   * @returns false if any of them is not finite as the input holds it
   */
  write(port: number, key: number, values: Float64Array): boolean {
    const array = this.#arrays[port]!;
    let allFinite = true;
    eachElement(this.#ports()[port]!.shape, this.#batch, key, (at, i) => {
      const value = values[i]!;
      if (array instanceof BigInt64Array) {
        allFinite &&= Number.isFinite(value);
        array[at] = Number.isFinite(value) ? BigInt(Math.round(value)) : 0n;
      } else {
        array[at] = value;
        allFinite &&= Number.isFinite(value) && Number.isFinite(array[at]);
      }
    });
    return allFinite;
  }

  /** Runs the model once: its data output, then its new states; they belong to the caller. */
  async run(): Promise<readonly Elements[]> {
    // Outputs are new arrays every time: onnxruntime-web 1.30 leaves those that it is given unfilled.
    const results = await this.#session.run(this.#feeds, this.#wanted, { logSeverityLevel: FATAL });
    const data = this.#wanted.map((name) => {
      const values = results[name]?.data;
      if (values && Object.values(ARRAYS).some((Type) => values instanceof Type)) return values as Elements;
      throw new TypeError(`${name} is no tensor of numbers`);
    });
    // A model's answer may be its state: one result, wanted twice.
    for (const result of Object.values(results)) result.dispose();
    return data;
  }

  /** Reads one key's numbers of a result. @returns false if any of them is not finite */
  read(values: Float64Array, result: Elements, port: SessionPort, key: number): boolean {
    let allFinite = true;
    eachElement(port.shape, this.#batch, key, (at, i) => {
      values[i] = Number(result[at]);
      allFinite &&= Number.isFinite(values[i]);
    });
    return allFinite;
  }

  async release(): Promise<void> {
    for (const tensor of Object.values(this.#feeds)) tensor.dispose();
    await this.#session.release();
  }

  #ports(): SessionPort[] {
    return [this.#plan.input, ...this.#plan.states.map(({ input }) => input)];
  }
}

/** Elements of one key: all axes but the batch. */
export function elementsOf({ shape }: SessionPort): number {
  return shape.reduce<number>((product, length) => (length === "batch" ? product : product * length), 1);
}

/** Calls `visit` with where each of a key's elements stands in a tensor of B keys. */
function eachElement(
  shape: SessionPort["shape"],
  batch: number,
  key: number,
  visit: (at: number, i: number) => void,
): void {
  const axis = shape.indexOf("batch");
  const size = shape.reduce<number>(
    (product, length) => (length === "batch" ? product : product * length),
    1,
  );
  const inner =
    axis < 0 ? size : shape.slice(axis + 1).reduce<number>((p, length) => p * (length as number), 1);
  const keys = axis < 0 ? 1 : batch;
  for (let i = 0; i < size; i++) {
    const outer = Math.floor(i / inner);
    visit((outer * keys + key) * inner + (i - outer * inner), i);
  }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
