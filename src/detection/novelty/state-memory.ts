import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";
import { HIDDEN } from "./reservoir-weights.js";

const NEIGHBOURS = 10;
/** Bytes of a remembered state, see assembly/detection/neighbours.ts. */
const ROW = 2 * HIDDEN + 32;
/** Bytes of the squared distances to the nearest, and of the index of the first, rounded up to whole lines. */
const SCRATCH = 64;

/** Places that are made at first; they double until there are as many as are remembered. */
const FIRST_PLACES = 64;

/** The last states of a reservoir, among which nearest neighbours are looked for; in the kernel. */
export class StateMemory {
  readonly #kernel: Kernel;
  #memory: KernelMemory;
  readonly #capacity: number;
  /** Places that there are by now: fewer than the capacity while fewer states have come. */
  #places: number;
  readonly #inputs: number;
  #count = 0;

  /**
   * @param capacity states
   * @param inputs   I, at most 8
   */
  constructor(kernel: Kernel, capacity: number, inputs: number) {
    this.#kernel = kernel;
    this.#capacity = capacity;
    this.#inputs = inputs;
    this.#places = Math.min(FIRST_PLACES, capacity);
    this.#memory = this.#allocate();
  }

  #allocate(): KernelMemory {
    return new KernelMemory(this.#kernel, SCRATCH + ROW * (1 + this.#places));
  }

  get #state(): Pointer {
    return this.#memory.pointer + SCRATCH;
  }

  get #rows(): Pointer {
    return this.#state + ROW;
  }

  /** Twice the places, or as many as are needed: what stood there stays. */
  #grow(needed: number): void {
    const before = this.#memory;
    while (this.#places < needed) this.#places = Math.min(this.#capacity, 2 * this.#places);
    this.#memory = this.#allocate();
    this.#memory.copy(before);
    before.release();
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  /** Memory once as many states have come as are remembered, bytes. */
  get mostBytes(): number {
    return SCRATCH + ROW * (1 + this.#capacity);
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
    if (this.known === this.#places && this.#places < this.#capacity) this.#grow(this.#places + 1);
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
    if (this.known > this.#places) this.#grow(this.known);
    this.#memory.read(from);
  }
}
