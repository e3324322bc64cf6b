import type { ByteReader, ByteWriter } from "../core/index.js";

/** Inputs of a key that are remembered, to warm its hidden state under new weights. */
const RECENT = 64;

/** One key's memory under a network that may change: hidden state, and its newest inputs. */
export class KeyCells {
  /** Which network `hidden` belongs to; 0: none yet. */
  generation = 0;
  /** [S] of that network; empty before the first. */
  hidden: Float64Array = new Float64Array(0);
  /** Ring of the newest inputs, RECENT rows of I. */
  readonly #recent: Float64Array;
  readonly #inputs: number;
  #count = 0;

  constructor(inputs: number) {
    this.#inputs = inputs;
    this.#recent = new Float64Array(RECENT * inputs);
  }

  /** Remembers an input; forgets all earlier ones where a sequence begins. */
  remember(input: Float64Array, begins: boolean): void {
    if (begins) this.#count = 0;
    this.#recent.set(input, (this.#count % RECENT) * this.#inputs);
    this.#count++;
  }

  /** The remembered inputs, oldest first, without the newest. */
  *earlier(): Iterable<Float64Array> {
    const known = Math.min(this.#count, RECENT);
    for (let back = known - 1; back >= 1; back--) {
      const row = (this.#count - 1 - back) % RECENT;
      yield this.#recent.subarray(row * this.#inputs, (row + 1) * this.#inputs);
    }
  }

  write(to: ByteWriter): void {
    const known = Math.min(this.#count, RECENT);
    to.u32(this.generation).f64s(this.hidden).f64(this.#count);
    to.f64s(known < RECENT ? this.#recent.subarray(0, known * this.#inputs) : this.#recent);
  }

  read(from: ByteReader): this {
    this.generation = from.u32();
    this.hidden = from.f64s();
    this.#count = from.f64();
    this.#recent.set(from.f64s());
    return this;
  }
}
