import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";
import { HIDDEN } from "./reservoir-weights.js";

const NEIGHBOURS = 10;
/** Bytes of a remembered state, see assembly/detection/neighbours.ts. */
const ROW = 2 * HIDDEN + 32;
/** Bytes of the squared distances to the nearest, and of the index of the first, rounded up to whole lines. */
const SCRATCH = 64;

/** The last states of a reservoir, among which nearest neighbours are looked for; in the kernel. */
export class StateMemory {
  readonly #kernel: Kernel;
  readonly #memory: KernelMemory;
  readonly #capacity: number;
  readonly #inputs: number;
  readonly #state: Pointer;
  readonly #rows: Pointer;
  #count = 0;

  /**
   * @param capacity states
   * @param inputs   I, at most 8
   */
  constructor(kernel: Kernel, capacity: number, inputs: number) {
    this.#kernel = kernel;
    this.#capacity = capacity;
    this.#inputs = inputs;
    this.#memory = new KernelMemory(kernel, SCRATCH + ROW * (1 + capacity));
    this.#state = this.#memory.pointer + SCRATCH;
    this.#rows = this.#state + ROW;
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  /** States that are remembered. */
  get known(): number {
    return Math.min(this.#count, this.#capacity);
  }

  /** States ago that the nearest neighbour of the newest state was seen; 0 without one. */
  get age(): number {
    if (this.#count < 2) return 0;
    const nearest = this.#kernel.words[(this.#memory.pointer >>> 2) + NEIGHBOURS] ?? 0;
    const newest = (this.#count - 1) % this.#capacity;
    return (newest - nearest + this.#capacity) % this.#capacity || this.#capacity;
  }

  /**
   * Mean distance of the state [h; u] to the ten nearest so far, 0 for the first; then it is one of them.
   *
   * @param h [H]
   * @param u [I]
   */
  distance(h: Pointer, u: Pointer): number {
    const { exports } = this.#kernel;
    exports.packState(this.#state, h, HIDDEN, u, this.#inputs);
    const best = this.#memory.pointer;
    const distance = exports.nearest(this.#rows, this.known, this.#state, HIDDEN, best, NEIGHBOURS);
    exports.packState(this.#rows + ROW * (this.#count % this.#capacity), h, HIDDEN, u, this.#inputs);
    this.#count++;
    return distance;
  }

  release(): void {
    this.#memory.release();
  }

  write(to: ByteWriter): void {
    to.f64(this.#count);
    this.#memory.write(to, SCRATCH + ROW * (1 + this.known));
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#memory.read(from);
  }
}
