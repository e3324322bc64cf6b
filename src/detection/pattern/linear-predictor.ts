import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";

/** Values that the next one is foretold from; with the constant an input too many for a multiple of 4. */
const ORDER = 16;
const N = 20;
const FORGETTING = 0.9995;
/** For learning, an error counts up to so many usual ones, which a running mean at this rate tells. */
const CLIP = 5;
const RATE = 0.005;

/** Foretells a signal from its last 16 values by recursive least squares; learns from clipped errors. */
export class LinearPredictor {
  readonly #kernel: Kernel;
  readonly #memory: KernelMemory;
  readonly #phi: Pointer;
  readonly #wide: Pointer;
  readonly #w: Pointer;
  readonly #pphi: Pointer;
  readonly #P: Pointer;
  #own = 0;
  /** Usual |error|. */
  #usual = 1;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#memory = new KernelMemory(kernel, 4 * LENGTH);
    this.#phi = this.#memory.pointer;
    this.#wide = this.#phi + 4 * (N + 12);
    this.#w = this.#wide + 8 * N;
    this.#pphi = this.#w + 8 * N;
    this.#P = this.#pphi + 8 * N;
    for (let i = 0; i < N; i++) kernel.doubles[(this.#P >>> 3) + i * N + i] = 1;
    kernel.view(this.#phi, N)[ORDER] = 1;
    this.#own = kernel.exports.leverage(this.#wide, this.#pphi, this.#phi, this.#P, N);
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  release(): void {
    this.#memory.release();
  }

  /** @returns |v - what was foretold|; then learns v, and foretells the next */
  error(v: number): number {
    const { exports, floats } = this.#kernel;
    const missed = v - exports.dot(this.#w, this.#wide, N);
    const size = Math.abs(missed);
    const limit = CLIP * this.#usual;
    const learned = Math.min(limit, Math.max(-limit, missed));
    this.#usual += RATE * (Math.min(size, limit) - this.#usual);
    exports.learn(this.#w, this.#pphi, this.#P, N, learned, this.#own, FORGETTING);
    const newest = this.#phi >>> 2;
    floats.copyWithin(newest + 1, newest, newest + ORDER - 1);
    floats[newest] = v;
    this.#own = exports.leverage(this.#wide, this.#pphi, this.#phi, this.#P, N);
    return size;
  }

  write(to: ByteWriter): void {
    to.f64(this.#own).f64(this.#usual);
    this.#memory.write(to);
  }

  read(from: ByteReader): void {
    this.#own = from.f64();
    this.#usual = from.f64();
    this.#memory.read(from);
  }
}

/** float32 elements of its memory: phi, then phi in float64, w, P phi and P. */
const LENGTH = N + 12 + 2 * (3 * N + N * N);
