import type { Pace } from "../training/index.js";

/** Work between two rests, at least: timers are no finer. */
const LEAST_WORK_MS = 1;
/** What a piece of work counts for at most: where it took longer, others were on the core. */
const MOST_WORK_MS = 20;

/**
 * Rests after every piece of work, so that this thread takes `budget` of a core: in slices of a millisecond or two,
 * which hold up no event for long, on a single core neither. Blocks the thread, which has nothing else to do.
 *
 * @param budget share of one core, in (0, 1]
 */
export function restfulPace(budget: number): Pace {
  const bed = new Int32Array(new SharedArrayBuffer(4));
  let begun = performance.now();
  return () => {
    const worked = performance.now() - begun;
    if (budget === 1 || worked < LEAST_WORK_MS) return;
    Atomics.wait(bed, 0, 0, Math.min(worked, MOST_WORK_MS) * (1 / budget - 1));
    begun = performance.now();
  };
}
