import { problem } from "../core/index.js";
import { KERNEL } from "./kernel-binary.js";
import type { KernelExports } from "./kernel-exports.js";

/** A place in a kernel's memory: a byte offset, a multiple of 64. */
export type Pointer = number;

/** Compiled once, for all instances of this thread. */
let compiled: WebAssembly.Module | undefined;

/**
 * One instance of the WebAssembly kernel with a memory of its own. Everything in it is synchronous, and
 * single-threaded: a worker opens its own.
 *
 * Memory grows as it is asked for, and is given back to the system when the kernel is dropped: WebAssembly
 * has no smaller step.
 */
export class Kernel {
  readonly exports: KernelExports;
  #floats = new Float32Array(0);
  #words = new Uint32Array(0);
  #doubles = new Float64Array(0);

  constructor() {
    compiled ??= new WebAssembly.Module(bytesOf(KERNEL));
    const instance = new WebAssembly.Instance(compiled, {
      env: {
        abort: () => {
          throw problem(RangeError, {
            code: "KERNEL_MEMORY",
            action: "grow memory",
            on: "of the kernel",
            expected: "at most 4 GiB in one instance",
            found: `${this.bytes} bytes, and a request for more`,
          });
        },
      },
    });
    // A copy: engines look up a name among an instance's own exports anew at every call.
    this.exports = { ...(instance.exports as KernelExports) };
  }

  /**
   * The whole memory as float32; element i stands at byte 4 i. Valid until the next allocation: growing
   * memory detaches what was made before, and writes to it vanish.
   */
  get floats(): Float32Array {
    // A detached view has no elements; to ask for the memory's buffer takes far longer.
    if (this.#floats.length === 0) this.#floats = new Float32Array(this.exports.memory.buffer);
    return this.#floats;
  }

  /** The whole memory as 32-bit words: pointers and sizes; as short-lived as `floats`. */
  get words(): Uint32Array {
    if (this.#words.length === 0) this.#words = new Uint32Array(this.exports.memory.buffer);
    return this.#words;
  }

  /** The whole memory as float64; element i stands at byte 8 i; as short-lived as `floats`. */
  get doubles(): Float64Array {
    if (this.#doubles.length === 0) this.#doubles = new Float64Array(this.exports.memory.buffer);
    return this.#doubles;
  }

  /** Bytes that the instance holds of the system's memory. */
  get bytes(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** Room for `length` float32 zeros. */
  allocate(length: number): Pointer {
    return this.exports.allocate(4 * length) >>> 0;
  }

  release(pointer: Pointer): void {
    this.exports.release(pointer);
  }

  /** A view of `length` float32 at a pointer, as short-lived as `floats`. */
  view(pointer: Pointer, length: number): Float32Array {
    const at = pointer >>> 2;
    return this.floats.subarray(at, at + length);
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
