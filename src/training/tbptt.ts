import type { Dropout, TrainableNetwork, Window } from "../cells/index.js";
import { problem } from "../core/index.js";
import type { GuardedUpdate, UpdateReport } from "./guarded-update.js";
import type { InputRows } from "./input-rows.js";
import type { Loss } from "./loss.js";
import { cutInputs, cutSteps, type SequenceBatch } from "./sequence-batch.js";

type Sequences = SequenceBatch<Float64Array | InputRows>;

/** Room for a window, and for the loss of its newest steps, k of them. */
interface Pass {
  readonly window: Window;
  /** [B, k, O], or [B, k] of classes */
  readonly target: Float64Array;
  /** [B, k, O] */
  readonly output: Float64Array;
  readonly gradient: Float64Array;
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
  readonly #network: TrainableNetwork;
  readonly #k1: number;
  readonly #k2: number;
  readonly #loss: Loss;
  readonly #update: GuardedUpdate;
  readonly #dropout: Dropout | undefined;
  /** For use again: passes come in few sizes. */
  readonly #passes = new Map<string, Pass>();

  /**
   * @param update  of the network that learns
   * @param dropout between layers, drawn anew in every pass; default none
   * @throws RangeError code `TBPTT_SCHEDULE` unless 1 <= k1 <= k2, both integers; `DROPOUT_RATE` unless
   *   0 <= rate < 1
   */
  constructor(update: GuardedUpdate, schedule: readonly [number, number], loss: Loss, dropout?: Dropout) {
    const [k1, k2] = schedule;
    if (!Number.isInteger(k1) || !Number.isInteger(k2) || k1 < 1 || k2 < k1) {
      throw problem(RangeError, {
        code: "TBPTT_SCHEDULE",
        action: "train",
        on: `network "${update.network.name}" by TBPTT(k1, k2)`,
        expected: "integers 1 <= k1 <= k2",
        found: `(${k1}, ${k2})`,
      });
    }
    if (dropout !== undefined && !(dropout.rate >= 0 && dropout.rate < 1)) {
      throw problem(RangeError, {
        code: "DROPOUT_RATE",
        action: "train",
        on: `network "${update.network.name}" with dropout`,
        expected: "a rate from 0 to below 1",
        found: String(dropout.rate),
      });
    }
    this.#network = update.network;
    this.#k1 = k1;
    this.#k2 = k2;
    this.#loss = loss;
    this.#update = update;
    this.#dropout = dropout;
  }

  /**
   * Learns from the sequences once, from states of zeros.
   *
   * @param onUpdate called after every update; the network's gradients are that update's, before clipping
   * @throws TypeError code `WHOLE_SEQUENCES_ONLY` when a bidirectional network would see them in parts
   */
  learn(sequences: Sequences, onUpdate?: (report: UpdateReport, step: number) => void): void {
    const { batch, steps } = sequences;
    this.#refuseParts(steps);
    const zeros = new Float64Array(batch * this.#network.stateSize);
    /** States [B, S] before a step, as they were when it was first reached. */
    const states = new Map<number, Float64Array>([[0, zeros]]);
    /** Those that no later window starts from: for use again. */
    const spare: Float64Array[] = [];
    for (let from = 0; from < steps; from += this.#k1) {
      const to = Math.min(from + this.#k1, steps);
      const start = Math.max(0, to - this.#k2);
      const pass = this.#pass(sequences, to - start, to - from);
      this.#forward(sequences, pass.window, start, to, states.get(start) ?? zeros);
      // Only where a later window can start.
      for (let step = Math.max(from + 1, to + 1 - this.#k2); step <= to && to < steps; step++) {
        const state = spare.pop() ?? zeros.slice();
        pass.window.statesBefore(state, step - start);
        states.set(step, state);
      }
      const report = this.#learnNewest(sequences, pass, to - from, to);
      onUpdate?.(report, to);
      // Later windows start later.
      for (const [step, state] of states) {
        if (step >= start) continue;
        states.delete(step);
        if (state !== zeros) spare.push(state);
      }
    }
  }

  #refuseParts(steps: number): void {
    if (this.#network.shape.bidirectional !== true || this.#k1 >= steps) return;
    throw problem(TypeError, {
      code: "WHOLE_SEQUENCES_ONLY",
      action: "train",
      on: `the bidirectional network "${this.#network.name}"`,
      expected: `TBPTT over whole sequences of ${steps} steps`,
      found: `(${this.#k1}, ${this.#k2})`,
    });
  }

  /** Runs steps [from, to). */
  #forward(sequences: Sequences, window: Window, from: number, to: number, initial: Float64Array): void {
    const { batch, steps } = sequences;
    cutInputs(window.input, sequences.input, steps, batch, from, to);
    if (sequences.begins !== undefined) cutSteps(window.begins, sequences.begins, steps, batch, from, to);
    else window.begins.fill(0);
    window.initial.set(initial);
    window.forward(this.#dropout);
  }

  /** Back-propagates the loss of the window's last `newest` steps, which end before step `to`. */
  #learnNewest(sequences: Sequences, pass: Pass, newest: number, to: number): UpdateReport {
    const { window, target, output, gradient } = pass;
    const { batch, steps } = sequences;
    const n = window.steps;
    const O = this.#network.outputs;
    cutSteps(target, sequences.target, steps, batch, to - newest, to);
    cutSteps(output, window.output, n, batch, n - newest, n);
    const loss = this.#loss(gradient, output, target);

    const { dOutput } = window;
    if (newest < n) dOutput.fill(0);
    const block = newest * O;
    for (let b = 0; b < batch; b++) {
      dOutput.set(gradient.subarray(b * block, (b + 1) * block), (b + 1) * n * O - block);
    }
    this.#network.clearGradients();
    window.backward();
    return this.#update.apply(loss);
  }

  #pass({ batch, steps, target }: Sequences, n: number, newest: number): Pass {
    const width = target.length / (batch * steps);
    const key = `${batch} ${n} ${newest} ${width}`;
    let pass = this.#passes.get(key);
    if (pass === undefined) {
      const outputs = batch * newest * this.#network.outputs;
      pass = {
        window: this.#network.window(batch, n),
        target: new Float64Array(batch * newest * width),
        output: new Float64Array(outputs),
        gradient: new Float64Array(outputs),
      };
      this.#passes.set(key, pass);
    }
    return pass;
  }
}
