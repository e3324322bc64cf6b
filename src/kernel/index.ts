export { Kernel, type Pointer } from "./kernel.js";
export type { KernelExports } from "./kernel-exports.js";
