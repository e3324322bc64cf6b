import type { ByteReader, ByteWriter } from "../core/index.js";

/** Inputs of a key that are remembered, to warm its hidden state under new weights. */
const RECENT = 64;

/** Rows that are made room for at first; they double. */
const FIRST_ROWS = 8;

/** A ring of one key's newest inputs. */
export class RecentInputs {
  /** Up to RECENT rows of I; fewer while fewer inputs have come. */
  #ring: Float64Array;
  readonly #inputs: number;
  #count = 0;

  constructor(inputs: number) {
    this.#inputs = inputs;
    this.#ring = new Float64Array(FIRST_ROWS * inputs);
  }

  #makeRoom(length: number): void {
    if (length <= this.#ring.length) return;
    const most = RECENT * this.#inputs;
    const grown = new Float64Array(Math.min(most, Math.max(length, 2 * this.#ring.length)));
    grown.set(this.#ring);
    this.#ring = grown;
  }

  /** Remembers an input; forgets all earlier ones where a sequence begins. */
  remember(input: Float64Array, begins: boolean): void {
    if (begins) this.#count = 0;
    this.#makeRoom(Math.min(this.#count + 1, RECENT) * this.#inputs);
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
    to.f64s(this.#ring.subarray(0, known * this.#inputs));
  }

  read(from: ByteReader): this {
    this.#count = from.f64();
    const known = from.f64s();
    this.#makeRoom(known.length);
    this.#ring.set(known);
    return this;
  }
}
