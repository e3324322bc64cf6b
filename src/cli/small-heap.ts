import { availableParallelism } from "node:os";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/**
 * How much more than is in use a heap may hold before all of it is looked through for garbage, percent: one that has become
 * larger than so much grows so slowly from then on, until it is smaller than `to`, bytes.
 */
const STEPS = [
  { from: 96 * 1024 ** 2, to: 64 * 1024 ** 2, percent: 100 },
  { from: 192 * 1024 ** 2, to: 128 * 1024 ** 2, percent: 50 },
] as const;
const LOOKED_AT_EVERY_MS = 1_000;

/**
 * For a process that runs for months on a small machine, beside others.
 *
 * V8 on its own lets a heap grow to four times what is in use. Small ones may: to look for garbage more often costs latency
 * and time (a growth by half, a tenth of all time in `eddy bench events`). Under full load it may double, which takes 40 MB
 * less and cost nothing that could be measured. With states of many keys it would be most of a gateway's memory: half as much
 * again is 500 MB instead of 850 with 10,000 busy keys that come and go (`npm run soak`), for a tenth more of the processor's
 * time.
 *
 * On a single core V8's helpers collect garbage no sooner than the thread that waits for them, and take their turns
 * from it: a twentieth of all time (`eddy bench events`). With more cores they shorten its pauses.
 */
export function keepHeapSmall(): void {
  if (availableParallelism() === 1) setFlagsFromString("--no-parallel-scavenge");
  let step = 0;
  setInterval(() => {
    const now = heapStep(step, getHeapStatistics().total_heap_size);
    if (now === step) return;
    step = now;
    // 0: as V8 thinks best.
    setFlagsFromString(`--heap-growing-percent=${STEPS[step - 1]?.percent ?? 0}`);
  }, LOOKED_AT_EVERY_MS).unref();
}

/** Which of the steps holds, counted from 1, for a heap of so many bytes; 0: none does. */
export function heapStep(before: number, bytes: number): number {
  return STEPS.filter(({ from, to }, index) => bytes > (index < before ? to : from)).length;
}
