import { availableParallelism } from "node:os";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/**
 * Said to Node wherever `eddy run` is started by Eddy's own doing (main.ts, edge/): what is new takes 16 MB at most. Node has
 * no way to say so later. V8 on its own takes 32 MB.
 */
export const SMALL_YOUNG_HEAP = "--max-semi-space-size=8";

/**
 * Said to the C library in the same places. All threads share one pool of memory: with pools of their own, what one has given
 * back is of no use to the others, 10 MB under full load. And what takes 64 KB or more, the states of keys on their way to the
 * disk above all, and packets on their way out, has memory of its own, which goes back to the system: another 10 MB, once there
 * has been a snapshot.
 */
export const MALLOC = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "65536" } as const;

const MB = 1024 ** 2;
/** How much more than is in use a heap may hold before all of it is looked through for garbage, percent, by its size. */
const GROWTH = [30, 100, 50] as const;
/** Where the next size begins, and where it ends again, bytes. */
const BORDERS = [
  { from: 64 * MB, to: 56 * MB },
  { from: 192 * MB, to: 128 * MB },
] as const;
const LOOKED_AT_EVERY_MS = 1_000;

/**
 * For a process that runs for months on a small machine, beside others.
 *
 * V8 on its own lets a heap grow to four times what is in use. Here it doubles at most. With states of many keys even that
 * would be most of a gateway's memory: half as much again is 500 MB instead of 850 with 10,000 busy keys that come and go
 * (`npm run soak`), for a tenth of its time. And a small heap is looked through in so short a time that a third is enough:
 * 147 MB for 149 and 151 with a hundred keys, and 24.3 and 23.6 us an event for 23.0 and 22.2 (two pairs of runs).
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
  // It has been obeyed here. Left standing, it would go before what each thread is given (`resourceLimits`): 4 MB more
  // under full load, and 12 at most.
  setFlagsFromString("--max-semi-space-size=0");
  let size = 0;
  const bound = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH[size]}`);
  bound();
  setInterval(() => {
    const now = heapSize(getHeapStatistics().total_heap_size, size);
    if (now === size) return;
    size = now;
    bound();
  }, LOOKED_AT_EVERY_MS).unref();
}

/**
 * What a heap of so many bytes counts as.
 *
 * @param before what it counted as
 * @returns 0 small, 1, 2 large
 */
export function heapSize(bytes: number, before: number): number {
  let size = before;
  while (size < BORDERS.length && bytes > BORDERS[size]!.from) size++;
  while (size > 0 && bytes < BORDERS[size - 1]!.to) size--;
  return size;
}
