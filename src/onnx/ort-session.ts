import type { InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { problem } from "../core/index.js";
import { elements, type StreamingSignature } from "./state-pairs.js";

/** ONNX Runtime's log level at which only what is fatal is printed: the rest comes as an exception. */
const FATAL = 4;

/** An ONNX Runtime session with its input tensors, which are filled anew for every run. */
export class OrtSession {
  readonly #session: InferenceSession;
  readonly #feeds: Record<string, Tensor> = {};
  readonly #wanted: readonly string[];
  /** The input tensors' own memory: [I], and one array per state. */
  readonly input: Float32Array;
  readonly states: readonly Float32Array[];

  /** Loads onnxruntime-web, 14 MB of WebAssembly, with the first model. */
  static async open(bytes: Uint8Array, name: string, signature: StreamingSignature): Promise<OrtSession> {
    const { env, InferenceSession, Tensor } = await import("onnxruntime-web/wasm");
    env.wasm.numThreads = 1;
    env.logLevel = "fatal";
    try {
      const session = await InferenceSession.create(bytes, { logSeverityLevel: FATAL });
      return new OrtSession(session, signature, Tensor);
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

  private constructor(
    session: InferenceSession,
    signature: StreamingSignature,
    TensorClass: typeof import("onnxruntime-web/wasm").Tensor,
  ) {
    this.#session = session;
    const feed = ({ name, shape }: StreamingSignature["input"], size: number): Float32Array => {
      const values = new Float32Array(size);
      const dimensions = shape.map((length) => (typeof length === "number" ? length : 1));
      this.#feeds[name] = new TensorClass("float32", values, dimensions);
      return values;
    };
    this.input = feed(signature.input, elements(signature.input));
    this.states = signature.states.map((state) => feed(state.input, state.size));
    this.#wanted = [signature.output.name, ...signature.states.map((state) => state.output.name)];
  }

  /** Runs the model once: its data output, then its new states; they belong to the caller. */
  async run(): Promise<readonly Float32Array[]> {
    // Outputs are new arrays every time: onnxruntime-web 1.30 leaves those that it is given unfilled.
    const results = await this.#session.run(this.#feeds, this.#wanted, { logSeverityLevel: FATAL });
    return this.#wanted.map((name) => {
      const data = results[name]?.data;
      if (data instanceof Float32Array) return data;
      throw new TypeError(`${name} is no float32 tensor`);
    });
  }

  /**
   * A step from zeros, to learn what the file may leave open.
   *
   * @returns O, the length of the data output
   * @throws RangeError when a state comes back in another size
   */
  async probe(): Promise<number> {
    const [output, ...states] = await this.run();
    states.forEach((state, i) => {
      const size = this.states[i]?.length;
      if (state.length !== size) {
        throw new RangeError(`${this.#wanted[i + 1]} has ${state.length} values, its input ${size}`);
      }
    });
    return output?.length ?? 0;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
