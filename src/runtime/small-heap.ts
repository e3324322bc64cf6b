import { setFlagsFromString } from "node:v8";

/** By how much more than what was in use after the last collection the heap may grow before the next, per cent. */
const GROWING_PERCENT = 40;

/**
 * Has V8 collect garbage before its heap is a multiple of what is in use: on a machine with much memory it lets it grow
 * to twice as much and more. For the whole process, all of its threads; to be called before they start.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
