import type { ByteReader, ByteWriter } from "../core/index.js";

/** Inputs of a key that are remembered, to warm its hidden state under new weights. */
const RECENT = 64;

/** A ring of one key's newest inputs. */
export class RecentInputs {
  /** RECENT rows of I */
  readonly #ring: Float64Array;
  readonly #inputs: number;
  #count = 0;

  constructor(inputs: number) {
    this.#inputs = inputs;
    this.#ring = new Float64Array(RECENT * inputs);
  }

  /** Remembers an input; forgets all earlier ones where a sequence begins. */
  remember(input: Float64Array, begins: boolean): void {
    if (begins) this.#count = 0;
    this.#ring.set(input, (this.#count % RECENT) * this.#inputs);
    this.#count++;
  }

  /** The remembered inputs, oldest first, without the newest. */
  *earlier(): Iterable<Float64Array> {
    const known = Math.min(this.#count, RECENT);
    for (let back = known - 1; back >= 1; back--) {
      const row = (this.#count - 1 - back) % RECENT;
      yield this.#ring.subarray(row * this.#inputs, (row + 1) * this.#inputs);
    }
  }

  write(to: ByteWriter): void {
    const known = Math.min(this.#count, RECENT);
    to.f64(this.#count);
    to.f64s(known < RECENT ? this.#ring.subarray(0, known * this.#inputs) : this.#ring);
  }

  read(from: ByteReader): this {
    this.#count = from.f64();
    this.#ring.set(from.f64s());
    return this;
  }
}
