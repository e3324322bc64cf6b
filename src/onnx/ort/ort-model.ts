import type { RecurrentModel } from "../../cells/index.js";
import { problem } from "../../core/index.js";
import { adoptModel } from "../adopt-model.js";
import { analyzeModel } from "../analyze-model.js";
import { decodeModel } from "../proto/model-proto.js";
import { notStreamable } from "../state-pairs.js";
import { isStream } from "../trace/traced.js";
import type { OrtEngine, OrtRuntime } from "./ort-runtime.js";
import { elementsOf, messageOf, OrtSession, type SessionPlan } from "./ort-session.js";
import { canBatch, initialState, sessionPlan } from "./session-plan.js";
import { requireCausal } from "./verify-streaming.js";

/** How ONNX Runtime says that memory has run out. */
const NO_MEMORY = /bad_?alloc|bad allocation|allocate memory|out of memory/i;

/**
 * Opens an ONNX model in ONNX Runtime, to be stepped one event at a time: its state is made explicit (see
 * `adoptModel`) and carried by the caller. The state is float32: the caller's Float64Array holds it exactly.
 *
 * @param bytes the file; free for the caller's use afterwards
 * @param name  the checkpoint's, as it stands in predictions and errors
 * @throws SyntaxError code `ONNX_UNREADABLE`: not an ONNX model, cut off, or with operators unknown here
 * @throws TypeError code `ONNX_NOT_STREAMABLE`: it cannot be stepped, and why
 */
export async function openOrtModel(runtime: OrtRuntime, bytes: Uint8Array, name: string): Promise<OrtModel> {
  const adopted = adoptModel(bytes, { name });
  const analysis = analyzeModel(decodeModel(adopted.bytes, { name }), name);
  const plan = sessionPlan(analysis);
  const session = await OrtSession.open(runtime, adopted.bytes, name, plan);
  try {
    const model = new OrtModel(
      name,
      runtime.engine,
      session,
      await probed(session, plan),
      initialState(analysis, plan),
    );
    const { trace, signature } = analysis;
    if (trace && !isStream(trace.values.get(signature.output.name))) {
      await requireCausal(runtime, analysis, adopted.bytes, model);
    }
    return model;
  } catch (cause) {
    await session.release();
    if (cause instanceof Error && "code" in cause && cause.code === "ONNX_NOT_STREAMABLE") throw cause;
    throw notStreamable(analysis.description, `that a first step fails: ${messageOf(cause)}`);
  }
}

/**
 * The plan with what a first step, from zeros, shows of the output where the file leaves it open.
 *
 * @throws RangeError when a state comes back in another size
 */
async function probed(session: OrtSession, plan: SessionPlan): Promise<SessionPlan> {
  session.prepare(1);
  const [output, ...states] = await session.run();
  states.forEach((state, i) => {
    const { input, output: after } = plan.states[i]!;
    if (state.length !== elementsOf(input)) {
      throw new RangeError(`${after.name} has ${state.length} values, its input ${elementsOf(input)}`);
    }
  });
  const size = output?.length ?? 0;
  if (size === elementsOf(plan.output)) return plan;
  return { ...plan, output: { ...plan.output, shape: [size] } };
}

/** A model in ONNX Runtime. One session, its tensors used again and again: memory stays flat. */
export class OrtModel implements RecurrentModel {
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  readonly #session: OrtSession;
  readonly #plan: SessionPlan;
  /** The newest step or close: the tensors serve one step at a time. */
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    readonly name: string,
    readonly engine: OrtEngine,
    session: OrtSession,
    plan: SessionPlan,
    readonly initialState: Float64Array,
  ) {
    this.inputs = elementsOf(plan.input);
    this.outputs = elementsOf(plan.output);
    this.stateSize = initialState.length;
    this.#session = session;
    this.#plan = plan;
  }

  /** True when `stepKeys` can step several keys in one run. */
  get canBatch(): boolean {
    return canBatch(this.#plan);
  }

  /**
   * As the port says; calls are run one after the other, each reading its arguments at its turn.
   *
   * @throws RangeError code `MODEL_SHAPE` when an array has the wrong length
   * @throws Error code `MODEL_CLOSED` after `close`, `ONNX_RUN_FAILED`, `ONNX_NO_MEMORY` when the session fails; the state is as it was
   */
  step(output: Float64Array, state: Float64Array, input: Float64Array): Promise<void> {
    return this.stepKeys([output], [state], [input]);
  }

  /**
   * One event of each of B keys in one run, which is faster than one by one, and may differ from it in the last
   * bits. Each key is refused by itself, as `step` says.
   *
   * @param outputs [B] arrays [O]
   * @param states  [B] arrays [S], each advanced in place
   * @param inputs  [B] arrays [I]
   * @throws as `step`; RangeError code `MODEL_SHAPE` also when the model has no batch axis and B > 1
   */
  stepKeys(
    outputs: readonly Float64Array[],
    states: readonly Float64Array[],
    inputs: readonly Float64Array[],
  ): Promise<void> {
    if (this.#isClosed) return Promise.reject(this.#closed());
    const step = this.#last.then(() => this.#step(outputs, states, inputs));
    this.#last = step.catch(() => {});
    return step;
  }

  async #step(
    outputs: readonly Float64Array[],
    states: readonly Float64Array[],
    inputs: readonly Float64Array[],
  ): Promise<void> {
    const batch = inputs.length;
    if (batch > 1 && !this.canBatch) throw this.#wrongShape("one key at a time", `${batch}`);
    for (let key = 0; key < batch; key++) {
      this.#requireLength("output", outputs[key], this.outputs);
      this.#requireLength("state", states[key], this.stateSize);
      this.#requireLength("input", inputs[key], this.inputs);
    }
    const session = this.#session;
    session.prepare(batch);
    // Before the run: some operators turn a NaN into an ordinary number (GRU does, in ONNX Runtime).
    const isGood = inputs.map((input, key) => this.#write(key, states[key]!, input));
    if (!isGood.includes(true)) {
      for (const output of outputs) output.fill(Number.NaN);
      return;
    }
    const [answer, ...after] = await this.#run();
    for (const [key, output] of outputs.entries()) {
      const next = new Float64Array(this.stateSize);
      let allFinite = isGood[key]! && session.read(output, answer!, this.#plan.output, key);
      let at = 0;
      for (const [i, { output: port }] of this.#plan.states.entries()) {
        const size = elementsOf(port);
        allFinite = session.read(next.subarray(at, at + size), after[i]!, port, key) && allFinite;
        at += size;
      }
      if (allFinite) states[key]!.set(next);
      else output.fill(Number.NaN);
    }
  }

  #write(key: number, state: Float64Array, input: Float64Array): boolean {
    let allFinite = this.#session.write(0, key, input);
    let at = 0;
    for (const [i, { input: port }] of this.#plan.states.entries()) {
      const size = elementsOf(port);
      allFinite = this.#session.write(i + 1, key, state.subarray(at, at + size)) && allFinite;
      at += size;
    }
    return allFinite;
  }

  async #run(): ReturnType<OrtSession["run"]> {
    try {
      return await this.#session.run();
    } catch (cause) {
      throw problem(Error, {
        code: NO_MEMORY.test(messageOf(cause)) ? "ONNX_NO_MEMORY" : "ONNX_RUN_FAILED",
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

  #requireLength(what: string, values: Float64Array | undefined, length: number): void {
    if (values?.length === length) return;
    throw this.#wrongShape(`${what} [${length}]`, `[${values?.length ?? ""}]`);
  }

  #wrongShape(expected: string, found: string): Error {
    return problem(RangeError, {
      code: "MODEL_SHAPE",
      action: "step",
      on: `ONNX model "${this.name}"`,
      expected,
      found,
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
