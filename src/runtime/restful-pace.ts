import type { Pace } from "../training/index.js";

/** Work between two rests, at least: timers are no finer. */
const LEAST_WORK_MS = 1;
/** What a piece of work counts for at most: where it took longer, others were on the core. */
const MOST_WORK_MS = 20;

export interface PaceOptions {
  /** ms */
  readonly clock?: () => number;
  /** Default: blocks the thread, which has nothing else to do. */
  readonly rest?: (ms: number) => void;
}

/**
 * Rests after every piece of work, so that whoever works takes `budget` of a core: in slices of a millisecond or two,
 * which hold up no event for long, on a single core neither.
 *
 * @param budget share of one core, in (0, 1]
 */
export function restfulPace(budget: number, options: PaceOptions = {}): Pace {
  const { clock = () => performance.now(), rest = block } = options;
  let begun = clock();
  return () => {
    const worked = clock() - begun;
    if (budget === 1 || worked < LEAST_WORK_MS) return;
    rest(Math.min(worked, MOST_WORK_MS) * (1 / budget - 1));
    begun = clock();
  };
}

const bed = new Int32Array(new SharedArrayBuffer(4));

function block(ms: number): void {
  Atomics.wait(bed, 0, 0, ms);
}
