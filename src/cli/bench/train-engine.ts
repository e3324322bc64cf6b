import type { CellKind } from "../../cells/index.js";

/** What is trained: I inputs, B sequences of T steps in every pass. */
export interface TrainCase {
  readonly cell: CellKind;
  readonly hidden: number;
  readonly inputs: number;
  readonly batch: number;
  readonly steps: number;
}

/** Seconds before anything is measured: engines compile what they find to be used much. */
export const WARM_UP = 0.4;

export const TRAIN_ENGINES = ["kernel", "pytorch", "tfjs"] as const;

/** Who trains, on one thread: a pass is BPTT over all steps, clipping by global norm 1, and Adam's update. */
export interface TrainEngine {
  readonly name: (typeof TRAIN_ENGINES)[number];
  /** Seconds of processor time that a pass takes, measured over about so many. */
  measure(which: TrainCase, seconds: number): Promise<number>;
  close(): void;
}

/** Seconds of processor time a pass: what else runs on the machine hardly counts. */
export function timed(pass: () => void, seconds: number): number {
  const begun = process.cpuUsage();
  let passes = 0;
  // More at a time as it goes on: looking at the clock costs, too.
  for (let count = 1; ; count = Math.max(1, passes >> 2)) {
    for (let i = 0; i < count; i++) pass();
    passes += count;
    const { user, system } = process.cpuUsage(begun);
    if (user + system >= 1e6 * seconds) return (user + system) / 1e6 / passes;
  }
}

/** An engine in this process, given how it makes a pass. */
export function localEngine(
  name: TrainEngine["name"],
  passOf: (which: TrainCase) => () => void,
  close: () => void = () => {},
): TrainEngine {
  const made = new Map<string, () => void>();
  return {
    name,
    async measure(which, seconds) {
      const key = JSON.stringify(which);
      let pass = made.get(key);
      if (pass === undefined) {
        pass = passOf(which);
        made.set(key, pass);
        timed(pass, WARM_UP);
      }
      return timed(pass, seconds);
    },
    close,
  };
}
