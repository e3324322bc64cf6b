import type { RecurrentModel } from "../cells/index.js";
import { problem } from "../core/index.js";
import { describeModel } from "./describe-model.js";
import { messageOf, OrtSession } from "./ort-session.js";
import { requireStreamable } from "./require-streamable.js";
import { notStreamable, pairStates } from "./state-pairs.js";

/**
 * Opens an ONNX model whose recurrent state is among its inputs and outputs, to be stepped one event at a
 * time. It runs in onnxruntime-web: WebAssembly, one thread, no network; loaded with the first model.
 *
 * Of the model's inputs one is data, [batch, time, I] with batch = time = 1, the others are state. The
 * state is float32: the caller's Float64Array holds its values exactly.
 *
 * @param bytes        the file; free for the caller's use afterwards
 * @param options.name the checkpoint's name, as it stands in predictions and errors
 * @throws SyntaxError code `ONNX_UNREADABLE`: not an ONNX model, cut off, or with operators unknown here
 * @throws TypeError code `ONNX_STATE_HIDDEN`, `ONNX_NOT_STREAMABLE`: it cannot be stepped, and why
 */
export async function loadOrtModel(
  bytes: Uint8Array,
  options: { readonly name: string },
): Promise<RecurrentModel> {
  const model = describeModel(bytes, options);
  const signature = pairStates(model);
  requireStreamable(model, signature);
  const session = await OrtSession.open(bytes, options.name, signature);
  try {
    return new OrtModel(options.name, session, await session.probe());
  } catch (cause) {
    await session.release();
    throw notStreamable(model, `that a first step fails: ${messageOf(cause)}`);
  }
}

class OrtModel implements RecurrentModel {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  readonly #session: OrtSession;
  /** The newest step or close: the tensors serve one step at a time. */
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(name: string, session: OrtSession, outputs: number) {
    this.name = name;
    this.inputs = session.input.length;
    this.outputs = outputs;
    this.stateSize = session.states.reduce((sum, state) => sum + state.length, 0);
    this.#session = session;
  }

  /**
   * As the port says; calls are run one after the other, each reading its arguments at its turn.
   *
   * @throws RangeError code `MODEL_SHAPE` when an array has the wrong length
   * @throws Error code `MODEL_CLOSED` after `close`, `ONNX_RUN_FAILED` when the session fails; the state is as it was
   */
  step(output: Float64Array, state: Float64Array, input: Float64Array): Promise<void> {
    if (this.#isClosed) return Promise.reject(this.#closed());
    const step = this.#last.then(() => this.#step(output, state, input));
    this.#last = step.catch(() => {});
    return step;
  }

  async #step(output: Float64Array, state: Float64Array, input: Float64Array): Promise<void> {
    this.#requireLength("output", output, this.outputs);
    this.#requireLength("state", state, this.stateSize);
    this.#requireLength("input", input, this.inputs);

    const session = this.#session;
    session.input.set(input);
    let at = 0;
    for (const tensor of session.states) {
      tensor.set(state.subarray(at, at + tensor.length));
      at += tensor.length;
    }
    // Before the run: some operators turn a NaN into an ordinary number (GRU does, in ONNX Runtime).
    if (!isAllFinite(session.input) || !session.states.every(isAllFinite)) {
      output.fill(Number.NaN);
      return;
    }

    const results = await this.#run();
    if (!results.every(isAllFinite)) {
      output.fill(Number.NaN);
      return;
    }
    const [outputNow, ...statesNow] = results;
    if (outputNow) output.set(outputNow);
    at = 0;
    for (const stateNow of statesNow) {
      state.set(stateNow, at);
      at += stateNow.length;
    }
  }

  async #run(): Promise<readonly Float32Array[]> {
    try {
      return await this.#session.run();
    } catch (cause) {
      throw problem(Error, {
        code: "ONNX_RUN_FAILED",
        action: "step",
        on: `ONNX model "${this.name}"`,
        expected: "ONNX Runtime to run it",
        found: messageOf(cause),
        cause,
      });
    }
  }

  /** Waits for the steps under way, then releases the session. */
  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#last = this.#last.then(() => this.#session.release());
    }
    return this.#last;
  }

  #requireLength(what: string, values: Float64Array, length: number): void {
    if (values.length === length) return;
    throw problem(RangeError, {
      code: "MODEL_SHAPE",
      action: "step",
      on: `ONNX model "${this.name}"`,
      expected: `${what} [${length}]`,
      found: `[${values.length}]`,
    });
  }

  #closed(): Error {
    return problem(Error, {
      code: "MODEL_CLOSED",
      action: "step",
      on: `ONNX model "${this.name}"`,
      expected: "an open model",
      found: "that it was closed",
    });
  }
}

function isAllFinite(values: Float32Array): boolean {
  return values.every(Number.isFinite);
}
