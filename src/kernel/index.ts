export { Kernel, type Pointer } from "./kernel.js";
export type { KernelExports, TrainingExports } from "./kernel-exports.js";
export { type NumberTemplate, NumberWriter } from "./number-writer.js";
