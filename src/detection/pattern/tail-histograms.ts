import { type ByteReader, type ByteWriter, problem } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";

/**
 * How improbable each of some values is among all that came before in its place: see `surprises` in the kernel.
 *
 * Nothing is forgotten; memory is 4.6 KB a place.
 */
export class TailHistograms {
  readonly #kernel: Kernel;
  readonly #count: number;
  readonly #memory: KernelMemory;
  /** Bytes of one. */
  readonly #size: number;
  readonly #values: Pointer;

  constructor(kernel: Kernel, count: number) {
    this.#kernel = kernel;
    this.#count = count;
    this.#size = kernel.exports.tailBytes();
    this.#memory = new KernelMemory(kernel, count * (this.#size + 16));
    this.#values = this.#memory.pointer + count * this.#size;
    for (let i = 0; i < count; i++) kernel.exports.settleTail(this.#at(i));
  }

  #at(i: number): Pointer {
    return this.#memory.pointer + i * this.#size;
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  release(): void {
    this.#memory.release();
  }

  /**
   * @param values    [count]; one below 0 can't be told: it is no surprise, and no yardstick for others
   * @param surprises [count] overwritten: -log10 of the chance of a value at least as large; 0 before there are 20
   */
  step(values: Float64Array, surprises: Float64Array): void {
    const { exports, doubles } = this.#kernel;
    const count = this.#count;
    const at = this.#values >>> 3;
    for (let i = 0; i < count; i++) doubles[at + i] = values[i]!;
    exports.surprises(this.#memory.pointer, this.#values, this.#values + 8 * count, count);
    for (let i = 0; i < count; i++) surprises[i] = doubles[at + count + i]!;
  }

  write(to: ByteWriter): void {
    for (let i = 0; i < this.#count; i++) {
      const filled = [...this.#bins(i).entries()].filter(([, values]) => values > 0);
      to.f64s(filled.map(([bin]) => bin)).f64s(filled.map(([, values]) => values));
    }
  }

  /** @throws RangeError code `STATE_CORRUPT` */
  read(from: ByteReader): void {
    for (let i = 0; i < this.#count; i++) {
      const [places, counts] = [from.f64s(), from.f64s()];
      const bins = this.#bins(i).fill(0);
      for (const [j, bin] of places.entries()) {
        if (!(bin < bins.length)) {
          throw problem(RangeError, {
            code: "STATE_CORRUPT",
            action: "read",
            on: "the histograms of a pattern detector",
            expected: `bins below ${bins.length}`,
            found: String(bin),
          });
        }
        bins[bin] = counts[j] ?? 0;
      }
      this.#kernel.exports.settleTail(this.#at(i));
    }
  }

  #bins(i: number): Uint32Array {
    const from = (this.#at(i) + this.#kernel.exports.tailBinsAt()) >>> 2;
    return this.#kernel.words.subarray(from, from + BINS);
  }
}

/** As in the kernel. */
const BINS = 1024;
