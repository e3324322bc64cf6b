import type { KernelModel } from "../cells/index.js";
import { problem, type StreamEvent } from "../core/index.js";

/** As many as the kernel takes at once. */
const MOST = 64;

/**
 * Steps of different keys that wait for each other: the kernel reads its weights once for several rows, and gives the
 * same bits as one by one. A key's next step begins with what its last one left, and so the rows go before it.
 */
export class StepRows {
  readonly #network: KernelModel;
  readonly #inputs: Float64Array;
  readonly #outputs: Float64Array;
  readonly #slots: number[] = [];
  readonly #events: StreamEvent[] = [];
  /** Slot to the round in which it was added last. */
  readonly #rounds: number[] = [];
  #round = 1;

  constructor(network: KernelModel) {
    this.#network = network;
    this.#inputs = new Float64Array(MOST * network.inputs);
    this.#outputs = new Float64Array(MOST * network.outputs);
  }

  /** Whether a step of the slot waits. */
  holds(slot: number): boolean {
    return this.#rounds[slot] === this.#round;
  }

  /**
   * The event gets its output at the next `flush`, or before: NaN where a number was not finite.
   *
   * @throws RangeError code `MODEL_SHAPE`
   */
  add(event: StreamEvent, slot: number, input: Float64Array): void {
    const { inputs: I, name } = this.#network;
    if (input.length !== I) {
      throw problem(RangeError, {
        code: "MODEL_SHAPE",
        action: "step",
        on: `network "${name}"`,
        expected: `an input of ${I} numbers`,
        found: String(input.length),
      });
    }
    if (this.#slots.length === MOST || this.holds(slot)) this.flush();
    const at = this.#slots.length * I;
    for (let i = 0; i < I; i++) this.#inputs[at + i] = input[i]!;
    this.#slots.push(slot);
    this.#events.push(event);
    this.#rounds[slot] = this.#round;
  }

  /** Makes the steps that wait. */
  flush(): void {
    const rows = this.#slots.length;
    if (rows === 0) return;
    const { inputs: I, outputs: O } = this.#network;
    const outputs = this.#outputs;
    this.#network.stepSlots(outputs.subarray(0, rows * O), this.#slots, this.#inputs.subarray(0, rows * I));
    for (let row = 0; row < rows; row++) {
      const output = new Float64Array(O);
      for (let i = 0; i < O; i++) output[i] = outputs[row * O + i]!;
      this.#events[row]!.output = output;
    }
    this.#slots.length = 0;
    this.#events.length = 0;
    this.#round++;
  }
}
