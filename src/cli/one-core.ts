import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";

/**
 * On a single core V8's helpers collect garbage no sooner than the thread that waits for them, and take their turns
 * from it: a twentieth of all time (`eddy bench events`). With more cores they shorten its pauses.
 */
export function collectGarbageAlone(): void {
  if (availableParallelism() === 1) setFlagsFromString("--no-parallel-scavenge");
}
