export { DecimalWriter } from "./decimal-writer.js";
export { Kernel, type Pointer } from "./kernel.js";
export type { KernelExports, TrainingExports } from "./kernel-exports.js";
