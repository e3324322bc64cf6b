import type { Network, Trace } from "../cells/index.js";
import { problem } from "../core/index.js";
import type { GuardedUpdate, UpdateReport } from "./guarded-update.js";
import type { Loss } from "./loss.js";
import { cutSteps, type SequenceBatch } from "./sequence-batch.js";

/** Room for a pass over a window of n steps of all B sequences. */
interface Pass {
  readonly trace: Trace;
  /** [B, n, I] */
  readonly input: Float64Array;
  /** [B, n] */
  readonly begins: Uint8Array;
  /** [B, n, O] */
  readonly output: Float64Array;
  readonly dOutput: Float64Array;
}

/**
 * Truncated back-propagation through time, TBPTT(k1, k2) (Williams and Peng 1990; Williams and Zipser
 * 1995), over sequences [B, T]:
 *
 * every k1 steps the loss of those newest k1 steps is back-propagated through at most the last k2 steps,
 * recomputed with the current weights from the state that stood before step t - k2 when that step was
 * first reached; that state is a constant; hidden state carries over between updates.
 *
 * A step's own state is thus the one that the window which first reached it computed. What is left at
 * the end, fewer than k1 steps, makes a last update. TBPTT(T, T) is BPTT.
 */
export class Tbptt {
  readonly #network: Network;
  readonly #k1: number;
  readonly #k2: number;
  readonly #loss: Loss;
  readonly #update: GuardedUpdate;
  /** By batch and steps, for use again: windows come in few lengths. */
  readonly #passes = new Map<string, Pass>();

  /** @throws RangeError code `TBPTT_SCHEDULE` unless 1 <= k1 <= k2, both integers */
  constructor(network: Network, schedule: readonly [number, number], loss: Loss, update: GuardedUpdate) {
    const [k1, k2] = schedule;
    if (!Number.isInteger(k1) || !Number.isInteger(k2) || k1 < 1 || k2 < k1) {
      throw problem(RangeError, {
        code: "TBPTT_SCHEDULE",
        action: "train",
        on: `network "${network.name}" by TBPTT(k1, k2)`,
        expected: "integers 1 <= k1 <= k2",
        found: `(${k1}, ${k2})`,
      });
    }
    this.#network = network;
    this.#k1 = k1;
    this.#k2 = k2;
    this.#loss = loss;
    this.#update = update;
  }

  /**
   * Learns from the sequences once, from states of zeros.
   *
   * @param onUpdate called after every update; the network's gradients are that update's, clipped
   */
  learn(sequences: SequenceBatch, onUpdate?: (report: UpdateReport, step: number) => void): void {
    const { batch, steps } = sequences;
    const zeros = new Float64Array(batch * this.#network.stateSize);
    /** States [B, S] before a step, as they were when it was first reached. */
    const states = new Map([[0, zeros]]);
    for (let from = 0; from < steps; from += this.#k1) {
      const to = Math.min(from + this.#k1, steps);
      const start = Math.max(0, to - this.#k2);
      const window = this.#forward(sequences, start, to, states.get(start) ?? zeros);
      for (let step = from + 1; step <= to; step++) {
        const state = new Float64Array(zeros.length);
        window.trace.statesBefore(state, step - start);
        states.set(step, state);
      }
      onUpdate?.(this.#learnNewest(sequences, window, to - from, to), to);
      // Later windows start later.
      for (const step of states.keys()) if (step < start) states.delete(step);
    }
  }

  /** Runs steps [from, to). */
  #forward(sequences: SequenceBatch, from: number, to: number, initial: Float64Array): Pass {
    const { batch, steps } = sequences;
    const pass = this.#pass(batch, to - from);
    cutSteps(pass.input, sequences.input, steps, batch, from, to);
    if (sequences.begins !== undefined) cutSteps(pass.begins, sequences.begins, steps, batch, from, to);
    else pass.begins.fill(0);
    this.#network.forward(pass.output, pass.trace, pass.input, initial, pass.begins);
    return pass;
  }

  /** Back-propagates the loss of the window's last `newest` steps, which end before step `to`. */
  #learnNewest(sequences: SequenceBatch, window: Pass, newest: number, to: number): UpdateReport {
    const network = this.#network;
    const { batch, steps } = sequences;
    const n = window.trace.steps;
    const width = sequences.target.length / (batch * steps);
    const target = new Float64Array(batch * newest * width);
    cutSteps(target, sequences.target, steps, batch, to - newest, to);
    const output = new Float64Array(batch * newest * network.outputs);
    cutSteps(output, window.output, n, batch, n - newest, n);
    const gradient = new Float64Array(output.length);
    const loss = this.#loss(gradient, output, target);

    window.dOutput.fill(0);
    const block = newest * network.outputs;
    for (let b = 0; b < batch; b++) {
      window.dOutput.set(
        gradient.subarray(b * block, (b + 1) * block),
        (b + 1) * n * network.outputs - block,
      );
    }
    network.gradients.fill(0);
    network.backward(window.trace, window.dOutput, window.input);
    return this.#update.apply(network, loss);
  }

  #pass(batch: number, steps: number): Pass {
    const key = `${batch} ${steps}`;
    let pass = this.#passes.get(key);
    if (pass === undefined) {
      pass = {
        trace: this.#network.trace(batch, steps),
        input: new Float64Array(batch * steps * this.#network.inputs),
        begins: new Uint8Array(batch * steps),
        output: new Float64Array(batch * steps * this.#network.outputs),
        dOutput: new Float64Array(batch * steps * this.#network.outputs),
      };
      this.#passes.set(key, pass);
    }
    return pass;
  }
}
