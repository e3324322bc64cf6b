import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { Kernel, Pointer } from "../../kernel/index.js";
import { KernelMemory } from "../kernel-memory.js";
import { HIDDEN } from "./reservoir-weights.js";

const LEAK = 0.5;

/** One key's state of a frozen reservoir (see `reservoirWeights`), in the kernel. */
export class Reservoir {
  readonly #kernel: Kernel;
  readonly #memory: KernelMemory;
  readonly #weights: Pointer;
  readonly #inputs: number;
  readonly #u: Pointer;
  readonly #scratch: Pointer;
  /** Elements of phi, a multiple of 4. */
  readonly length: number;

  /**
   * @param weights `reservoirWeights`
   * @param inputs  I, at most 8
   */
  constructor(kernel: Kernel, weights: Pointer, inputs: number) {
    this.#kernel = kernel;
    this.#weights = weights;
    this.#inputs = inputs;
    this.length = Math.ceil((HIDDEN + inputs + 1) / 4) * 4;
    this.#memory = new KernelMemory(kernel, 4 * (this.length + 8 + HIDDEN));
    this.#u = this.phi + 4 * this.length;
    this.#scratch = this.#u + 32;
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  /** [h; u; 1] and zeros to `length`, float32; h comes first. */
  get phi(): Pointer {
    return this.#memory.pointer;
  }

  /** The newest input. */
  get u(): Pointer {
    return this.#u;
  }

  /** @param u [I] */
  step(u: readonly number[]): void {
    for (let i = 0; i < this.#inputs; i++) this.#kernel.floats[(this.#u >>> 2) + i] = u[i] ?? 0;
    const { exports } = this.#kernel;
    exports.reservoirStep(this.phi, this.#u, this.#inputs, this.#scratch, this.#weights, HIDDEN, LEAK);
  }

  release(): void {
    this.#memory.release();
  }

  write(to: ByteWriter): void {
    this.#memory.write(to);
  }

  read(from: ByteReader): void {
    this.#memory.read(from);
  }
}
