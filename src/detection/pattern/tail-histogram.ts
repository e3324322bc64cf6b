import { type ByteReader, type ByteWriter, exp, log } from "../../core/index.js";

/** Bins an octave, and where they begin: 1,024 of them from 2^-30 to 2^34. */
const PER_OCTAVE = 16;
const LOWEST_OCTAVE = -30;
const BINS = 1024;
/** Bins of a block: a power of 2. */
const BLOCK = 8;
const BLOCK_BITS = 3;
/** Of what lies above the tail's beginning: so many values, or this share. */
const TAIL_COUNT = 5;
const TAIL_SHARE = 0.01;
/** The tail's index is at least this: values that hardly vary must not make everything else impossible. */
const LEAST_INDEX = 0.1;
/** Values before anything is said. */
const ENOUGH = 20;

/**
 * How improbable a value is, by a histogram of the logarithms of all values so far, and beyond it by a Pareto tail (Hill
 * 1975): for a value z among m, with `up` of them above the tail's beginning u, whose mean ln(z / u) is g,
 *
 *     s = log10((m + 1) / up) + log10(z / u) / g above u,   s = log10((m + 1) / (1 + #{>= z})) below
 *
 * Nothing is forgotten; memory is 4.5 KB.
 */
export class TailHistogram {
  readonly #bins = new Uint32Array(BINS);
  /** Sums of bins that lie together, so that no value costs a pass over all. */
  readonly #blocks = new Uint32Array(BINS / BLOCK);
  #count = 0;
  /** The bin in which the tail begins, how many values lie there and above, and the sum of their bins. */
  #tail = BINS - 1;
  #up = 0;
  #weighted = 0;

  /** -log10 of the chance of a value at least as large; 0 before there are 20. Then z is one of them. */
  surprise(z: number): number {
    const bin = binOf(z);
    const s = this.#count < ENOUGH ? 0 : this.#surprise(z, bin);
    this.#add(bin);
    return s;
  }

  #add(bin: number): void {
    this.#bins[bin]!++;
    this.#blocks[bin >> BLOCK_BITS]!++;
    this.#count++;
    if (bin >= this.#tail) {
      this.#up++;
      this.#weighted += bin;
    }
    this.#settle();
  }

  /** The tail begins in the highest bin at and above which as many values lie as are wanted. */
  #settle(): void {
    const wanted = Math.max(TAIL_COUNT, TAIL_SHARE * this.#count);
    while (this.#up < wanted && this.#tail > 0) {
      const here = this.#bins[--this.#tail] ?? 0;
      this.#up += here;
      this.#weighted += here * this.#tail;
    }
    for (;;) {
      const here = this.#bins[this.#tail] ?? 0;
      if (this.#up - here < wanted) break;
      this.#up -= here;
      this.#weighted -= here * this.#tail++;
    }
  }

  #surprise(z: number, bin: number): number {
    const [k, up, weighted] = [this.#tail, this.#up, this.#weighted];
    if (bin < k) {
      return log((this.#count + 1) / (1 + up + this.#between(bin, k))) * Math.LOG10E;
    }
    // A value lies in the middle of its bin, half a bin above u at least.
    const meanExcess = ((weighted / up - k + 0.5) * Math.LN2) / PER_OCTAVE;
    const g = Math.max(LEAST_INDEX, meanExcess);
    const excess = z > 0 ? log(z / edgeOf(k)) : 0;
    return Math.LOG10E * (log((this.#count + 1) / up) + Math.max(0, excess) / g);
  }

  /** How many values lie in the bins from one to before another. */
  #between(from: number, to: number): number {
    const [bins, blocks] = [this.#bins, this.#blocks];
    let sum = 0;
    let bin = from;
    for (; bin < to && bin % BLOCK !== 0; bin++) sum += bins[bin]!;
    for (; bin + BLOCK <= to; bin += BLOCK) sum += blocks[bin >> BLOCK_BITS]!;
    for (; bin < to; bin++) sum += bins[bin]!;
    return sum;
  }

  get bytes(): number {
    return this.#bins.byteLength + this.#blocks.byteLength;
  }

  write(to: ByteWriter): void {
    const filled = [...this.#bins.entries()].filter(([, count]) => count > 0);
    to.f64s(filled.map(([bin]) => bin)).f64s(filled.map(([, count]) => count));
  }

  read(from: ByteReader): void {
    const [bins, counts] = [from.f64s(), from.f64s()];
    this.#bins.fill(0);
    this.#blocks.fill(0);
    this.#count = 0;
    this.#tail = BINS - 1;
    this.#up = 0;
    this.#weighted = 0;
    for (const [i, bin] of bins.entries()) {
      const count = counts[i] ?? 0;
      this.#bins[bin] = count;
      this.#blocks[bin >> BLOCK_BITS]! += count;
      this.#count += count;
      if (bin < this.#tail) continue;
      this.#up += count;
      this.#weighted += bin * count;
    }
    this.#settle();
  }
}

function binOf(z: number): number {
  if (!(z > 0)) return 0;
  const bin = Math.floor(PER_OCTAVE * (log(z) * Math.LOG2E - LOWEST_OCTAVE));
  return Math.min(BINS - 1, Math.max(0, bin));
}

/** Where a bin begins. */
function edgeOf(bin: number): number {
  return exp((LOWEST_OCTAVE + bin / PER_OCTAVE) * Math.LN2);
}
