import { problem } from "../core/index.js";
import type { Network } from "./network.js";
import type { Trace } from "./trace.js";
import type { Dropout, Window } from "./trainable-network.js";

/** A pass of the float64 reference. */
export class ReferenceWindow implements Window {
  readonly batch: number;
  readonly steps: number;
  readonly input: Float64Array;
  readonly begins: Uint8Array;
  readonly initial: Float64Array;
  readonly output: Float64Array;
  readonly dOutput: Float64Array;
  readonly #network: Network;
  readonly #trace: Trace;

  constructor(network: Network, batch: number, steps: number) {
    const rows = batch * steps;
    this.batch = batch;
    this.steps = steps;
    this.input = new Float64Array(rows * network.inputs);
    this.begins = new Uint8Array(rows);
    this.initial = new Float64Array(batch * network.stateSize);
    this.output = new Float64Array(rows * network.outputs);
    this.dOutput = new Float64Array(rows * network.outputs);
    this.#network = network;
    this.#trace = network.trace(batch, steps);
  }

  /** @throws TypeError code `NO_DROPOUT` with dropout of a rate above 0 */
  forward(dropout?: Dropout): void {
    if (dropout !== undefined && dropout.rate > 0) {
      throw problem(TypeError, {
        code: "NO_DROPOUT",
        action: "run",
        on: `the reference network "${this.#network.name}"`,
        expected: "no dropout: that is the kernel's",
        found: `rate ${dropout.rate}`,
      });
    }
    this.#network.forward(this.output, this.#trace, this.input, this.initial, this.begins);
  }

  backward(): void {
    this.#network.backward(this.#trace, this.dOutput, this.input);
  }

  statesBefore(states: Float64Array, t: number): void {
    this.#trace.statesBefore(states, t);
  }

  gradientsBefore(gradients: Float64Array, t: number): void {
    this.#trace.gradientsBefore(gradients, t);
  }
}
