import { problem } from "../core/index.js";
import { KernelModel } from "./kernel-model.js";
import { splitGraph } from "./split-graph.js";
import type { StepGraph } from "./step-graph.js";

/** Of a step: the output of the step L before it; none yet; or a number was not finite and nothing changed. */
export type LaggedStep = "given" | "waiting" | "refused";

/**
 * A bidirectional network over a stream, with a fixed lag L: once step t is seen it gives the output of step
 * t - L. The layers that read forward carry their state on; those that read from the end start at step t and
 * read back to t - L, which is what they would say of a sequence that ended at t.
 *
 * Any number of forward layers may stand below those that read from the end, none on top of them.
 *
 * State, [S]: that of the forward layers, what the others need of the newest L + 1 steps, and how many of
 * these were seen.
 */
export class LaggedModel {
  readonly inputs: number;
  readonly outputs: number;
  readonly stateSize: number;
  readonly #early: KernelModel;
  readonly #late: KernelModel;
  /** [N] */
  readonly #newest: Float64Array;

  /** @throws TypeError code `WHOLE_SEQUENCES_ONLY`; RangeError code `LAG` when L is no whole number from 0 */
  constructor(
    graph: StepGraph,
    readonly lag: number,
    readonly name = "network",
  ) {
    if (!Number.isSafeInteger(lag) || lag < 0) {
      throw problem(RangeError, {
        code: "LAG",
        action: "stream with a lag",
        on: `network "${name}"`,
        expected: "a whole number of steps from 0",
        found: String(lag),
      });
    }
    const { early, late } = splitGraph(graph, name);
    this.#early = new KernelModel(early, name);
    this.#late = new KernelModel(late, name);
    this.inputs = this.#early.inputs;
    this.outputs = this.#late.outputs;
    this.#newest = new Float64Array(this.#early.outputs);
    this.stateSize = this.#early.stateSize + (lag + 1) * this.#newest.length + 1;
  }

  /** [S] at the start of a sequence. */
  get initialState(): Float64Array {
    const state = new Float64Array(this.stateSize);
    state.set(this.#early.initialState);
    return state;
  }

  /**
   * @param output [O] of step t - L if it is given, else NaN
   * @param state  [S], advanced unless the step is refused
   * @param input  [I] x[t]
   */
  step(output: Float64Array, state: Float64Array, input: Float64Array): LaggedStep {
    output.fill(Number.NaN);
    const { window, last, forward } = this.#parts(state);
    const N = this.#newest.length;
    this.#early.step(this.#newest, forward, input);
    if (this.#newest.some(Number.isNaN)) return "refused";
    const seen = state[last]!;
    if (seen === this.lag + 1) window.copyWithin(0, N);
    else state[last] = seen + 1;
    window.set(this.#newest, (state[last]! - 1) * N);
    if (state[last]! <= this.lag) return "waiting";
    output.set(this.#late.run(window).subarray(0, this.outputs));
    return "given";
  }

  /**
   * What a sequence's end leaves open: the outputs of its last L steps, or of all if they were fewer,
   * [steps, O]. They are those of the whole sequence.
   */
  finish(state: Float64Array): Float32Array {
    const { window, last } = this.#parts(state);
    const seen = state[last]!;
    if (seen === 0) return new Float32Array(0);
    const outputs = this.#late.run(window.subarray(0, seen * this.#newest.length));
    return seen > this.lag ? outputs.subarray(this.outputs) : outputs;
  }

  #parts(state: Float64Array) {
    const from = this.#early.stateSize;
    const last = this.stateSize - 1;
    return { forward: state.subarray(0, from), window: state.subarray(from, last), last };
  }
}
