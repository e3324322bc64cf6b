import type { Pointer } from "./kernel.js";

/** What the WebAssembly kernel exports; each function is documented where it is written, in assembly/. */
export interface KernelExports extends MemoryExports, MathExports, StepExports {}

interface MemoryExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(bytes: number): Pointer;
  release(pointer: Pointer): void;
}

interface MathExports {
  expOf(y: Pointer, x: Pointer, N: number): void;
  sigmoidOf(y: Pointer, x: Pointer, N: number): void;
  tanhOf(y: Pointer, x: Pointer, N: number): void;
}

interface StepExports {
  stepRows(program: Pointer, states: Pointer, refused: Pointer, rows: number): number;
  runSequence(program: Pointer, state: Pointer, steps: number): void;
}
