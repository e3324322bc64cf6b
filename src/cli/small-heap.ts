import { availableParallelism } from "node:os";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** A heap that has become larger than the first grows slowly from then on, until it is smaller than the second, bytes. */
const LARGE = { from: 192 * 1024 ** 2, to: 128 * 1024 ** 2 };
/** How much more than is in use it then may hold before all of it is looked through for garbage, percent. */
const GROWTH_PERCENT = 50;
const LOOKED_AT_EVERY_MS = 5_000;

/**
 * For a process that runs for months on a small machine, beside others.
 *
 * V8 on its own lets a heap grow to four times what is in use. Small ones may: to look for garbage more often costs latency
 * (p99 of `eddy bench events` doubled). With states of many keys it would be most of a gateway's memory: half as much again
 * is 500 MB instead of 850 with 10,000 busy keys that come and go (`npm run soak`), for a tenth more of the processor's time.
 *
 * On a single core V8's helpers collect garbage no sooner than the thread that waits for them, and take their turns
 * from it: a twentieth of all time (`eddy bench events`). With more cores they shorten its pauses.
 */
export function keepHeapSmall(): void {
  if (availableParallelism() === 1) setFlagsFromString("--no-parallel-scavenge");
  let isLarge = false;
  setInterval(() => {
    const { total_heap_size: bytes } = getHeapStatistics();
    if (isLarge ? bytes >= LARGE.to : bytes <= LARGE.from) return;
    isLarge = !isLarge;
    // 0: as V8 thinks best.
    setFlagsFromString(`--heap-growing-percent=${isLarge ? GROWTH_PERCENT : 0}`);
  }, LOOKED_AT_EVERY_MS).unref();
}
