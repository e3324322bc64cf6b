import { type ByteReader, type ByteWriter, log, problem } from "../../core/index.js";

/** Bins between a power of two and the next: each is at most 1.6 % wide. */
const BITS = 6;
const OCTAVES = 32;
const BINS = OCTAVES << BITS;
/** Powers of two before the first bin: all below 2^-20 share it, all from 2^12 on share the last. */
const FIRST = (127 - 20) << BITS;

/** Before the first value. */
const NONE = new Uint32Array(0);

const FLOAT = new Float32Array(1);
const WORD = new Uint32Array(FLOAT.buffer);

/**
 * Conformal p-values (Vovk, Gammerman and Shafer 2005) of surprises: how many of all earlier ones were at least as
 * large. Nothing is forgotten: a histogram of 64 bins an octave counts them, its sums kept as a Fenwick tree, so that
 * a step takes a dozen additions. What shares a bin counts as equally large.
 */
export class RankHistory {
  /** Node i, from 1, holds the counts of the bins from i - lowest bit of i on. */
  #tree = NONE;
  #count = 0;

  /** Bytes that it remembers in. */
  get bytes(): number {
    return this.#tree.byteLength;
  }

  /** Values so far. */
  get count(): number {
    return this.#count;
  }

  /** s = -log10((1 + #{earlier >= z}) / (1 + m)); then z is one of them. */
  surprise(z: number): number {
    if (this.#tree === NONE) this.#tree = new Uint32Array(BINS + 1);
    const bin = binOf(z);
    let smaller = 0;
    for (let i = bin; i > 0; i &= i - 1) smaller += this.#tree[i]!;
    const perCase = (1 + this.#count) / (1 + this.#count - smaller);
    for (let i = bin + 1; i <= BINS; i += i & -i) this.#tree[i]!++;
    this.#count++;
    return log(perCase) * Math.LOG10E;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count);
    const used = [...this.#tree.keys()].filter((i) => this.#tree[i] !== 0);
    to.u32(used.length);
    for (const i of used) to.u32(i).u32(this.#tree[i]!);
  }

  /** @throws RangeError code `STATE_CORRUPT` */
  read(from: ByteReader): void {
    this.#count = from.f64();
    const used = from.u32();
    this.#tree = used > 0 ? new Uint32Array(BINS + 1) : NONE;
    for (let k = 0; k < used; k++) {
      const i = from.u32();
      if (i > BINS) {
        throw problem(RangeError, {
          code: "STATE_CORRUPT",
          action: "read",
          on: "the history of a novelty detector",
          expected: `bins up to ${BINS}`,
          found: String(i),
        });
      }
      this.#tree[i] = from.u32();
    }
  }
}

/** By the bits of a float32: exponent, then the first of the significand. */
function binOf(z: number): number {
  FLOAT[0] = z;
  const bin = (WORD[0]! >>> (23 - BITS)) - FIRST;
  return Math.max(0, Math.min(BINS - 1, bin));
}
