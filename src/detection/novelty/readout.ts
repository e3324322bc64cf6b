import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";

const FORGETTING = 0.9995;

/**
 * A linear readout x ~ w . phi that learns at every step by recursive least squares (Haykin, Adaptive Filter
 * Theory), with forgetting 0.9995 and P = I at first; in the kernel, in float64.
 */
export class Readout {
  readonly #kernel: Kernel;
  readonly #memory: KernelMemory;
  readonly #N: number;
  readonly #w: Pointer;
  /** phi of the newest step in float64. */
  readonly #wide: Pointer;
  /** P phi of the newest step. */
  readonly #pphi: Pointer;
  readonly #P: Pointer;
  /** phi' P phi of the newest step. */
  #leverage = 0;

  /** @param length of phi, N: a multiple of 4 */
  constructor(kernel: Kernel, length: number) {
    this.#kernel = kernel;
    this.#N = length;
    const vector = 8 * length;
    this.#memory = new KernelMemory(kernel, vector * (3 + length));
    this.#w = this.#memory.pointer;
    this.#wide = this.#w + vector;
    this.#pphi = this.#wide + vector;
    this.#P = this.#pphi + vector;
    for (let i = 0; i < length; i++) kernel.doubles[(this.#P >>> 3) + i * length + i] = 1;
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  /** x - w . phi of the newest phi; then w and P learn from it. */
  learn(x: number): number {
    const { exports } = this.#kernel;
    const error = x - exports.dot(this.#w, this.#wide, this.#N);
    exports.learn(this.#w, this.#pphi, this.#P, this.#N, error, this.#leverage, FORGETTING);
    return error;
  }

  /** phi' P phi: how far phi lies from all that was learned from. It becomes the newest phi. */
  leverage(phi: Pointer): number {
    const { exports } = this.#kernel;
    this.#leverage = exports.leverage(this.#wide, this.#pphi, phi, this.#P, this.#N);
    return this.#leverage;
  }

  release(): void {
    this.#memory.release();
  }

  write(to: ByteWriter): void {
    to.f64(this.#leverage);
    this.#memory.write(to);
  }

  read(from: ByteReader): void {
    this.#leverage = from.f64();
    this.#memory.read(from);
  }
}
