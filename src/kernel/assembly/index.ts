/** What the host calls. Pointers are byte offsets into the kernel's memory; every buffer is float32 unless said. */
export { allocate, release } from "./memory";
export { expOf, sigmoidOf, tanhOf } from "./math";
export { runSequence, stepRows } from "./step/program";
