import { availableParallelism } from "node:os";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/**
 * Said to Node wherever `eddy run` is started by Eddy's own doing (main.ts, edge/): what is new takes 16 MB at most. Node has
 * no way to say so later. V8 on its own takes 32 MB.
 */
export const SMALL_YOUNG_HEAP = "--max-semi-space-size=8";

/**
 * Said to the C library in the same places. All threads share one pool of memory: with pools of their own, what one has given
 * back is of no use to the others, 10 MB under full load. And what is larger than 96 KB, the states of keys on their way to the
 * disk above all, has memory of its own, which goes back to the system: another 10 MB, once there has been a snapshot.
 */
export const MALLOC = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "98304" } as const;

/** How much more than is in use a heap may hold before all of it is looked through for garbage, percent. */
const GROWTH = { small: 100, large: 50 };
/** A heap is large once it holds so much, bytes, until it holds less than `to`. */
const LARGE = { from: 192 * 1024 ** 2, to: 128 * 1024 ** 2 };
const LOOKED_AT_EVERY_MS = 1_000;

/**
 * For a process that runs for months on a small machine, beside others.
 *
 * V8 on its own lets a heap grow to four times what is in use. Here it doubles at most. With states of many keys even that
 * would be most of a gateway's memory: half as much again is 500 MB instead of 850 with 10,000 busy keys that come and go
 * (`npm run soak`), for a tenth of its time.
 *
 * V8 also notes where it makes what outlives its first collections, and from then on makes that among the old. Events do so
 * while the disk is waited for, and die right after: only a collection of everything finds them there, and until then what
 * they refer to lives on as well. With that switched off `eddy bench events` has 2 such collections in six seconds in place of 9, and
 * takes 32 us of the processor's time an event for 36 to 40, and 157 MB for 171 (two pairs).
 *
 * On a single core V8's helpers collect garbage no sooner than the thread that waits for them, and take their turns
 * from it: a twentieth of all time. With more cores they shorten its pauses.
 */
export function keepHeapSmall(): void {
  if (availableParallelism() === 1) setFlagsFromString("--no-parallel-scavenge");
  setFlagsFromString("--no-allocation-site-pretenuring");
  let isLarge = false;
  const bound = (): void =>
    setFlagsFromString(`--heap-growing-percent=${isLarge ? GROWTH.large : GROWTH.small}`);
  bound();
  setInterval(() => {
    const now = isLargeHeap(getHeapStatistics().total_heap_size, isLarge);
    if (now === isLarge) return;
    isLarge = now;
    bound();
  }, LOOKED_AT_EVERY_MS).unref();
}

/** Whether a heap of so many bytes counts as large, where it did so before or not. */
export function isLargeHeap(bytes: number, before: boolean): boolean {
  return bytes > (before ? LARGE.to : LARGE.from);
}
