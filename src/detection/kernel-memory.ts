import { type ByteReader, type ByteWriter, problem } from "../core/index.js";
import type { Kernel, Pointer } from "../kernel/index.js";

/** A piece of a kernel's memory that is saved and restored as it stands. */
export class KernelMemory {
  readonly pointer: Pointer;
  readonly bytes: number;
  readonly #kernel: Kernel;

  /** @param bytes a multiple of 4 */
  constructor(kernel: Kernel, bytes: number) {
    this.#kernel = kernel;
    this.bytes = bytes;
    this.pointer = kernel.allocate(bytes / 4);
  }

  /** @param used bytes from the beginning on that hold anything */
  write(to: ByteWriter, used = this.bytes): void {
    to.bytes(this.#view(used));
  }

  /** @throws RangeError code `STATE_CORRUPT` */
  read(from: ByteReader): void {
    const bytes = from.bytes();
    if (bytes.length > this.bytes) {
      throw problem(RangeError, {
        code: "STATE_CORRUPT",
        action: "read",
        on: "a detector's memory",
        expected: `at most ${this.bytes} bytes`,
        found: String(bytes.length),
      });
    }
    this.#view(bytes.length).set(bytes);
  }

  /** Takes over what stands in a smaller one. */
  copy(other: KernelMemory): void {
    this.#view(other.bytes).set(other.#view(other.bytes));
  }

  release(): void {
    this.#kernel.release(this.pointer);
  }

  /** As bytes: a float64 read as numbers of another width may change its bits on the way. */
  #view(length: number): Uint8Array {
    return new Uint8Array(this.#kernel.exports.memory.buffer, this.pointer, length);
  }
}
