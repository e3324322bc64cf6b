import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";

/** How much more than is in use the heap may hold before all of it is looked through for garbage, percent. */
const GROWTH_PERCENT = 50;

/**
 * For a process that runs for months on a small machine, beside others. To be called before much is in memory.
 *
 * V8 on its own lets a heap grow to four times what is in use. Half as much again is a third less memory with many keys,
 * for a tenth more of the processor's time where keys come and go (`npm run soak`), and hardly any where they stay.
 *
 * On a single core V8's helpers collect garbage no sooner than the thread that waits for them, and take their turns
 * from it: a twentieth of all time (`eddy bench events`). With more cores they shorten its pauses.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  if (availableParallelism() === 1) setFlagsFromString("--no-parallel-scavenge");
}
