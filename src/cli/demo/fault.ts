import type { Rng } from "../../core/index.js";

/** What can go wrong with a simulated pump or its sensor. */
export type FaultKind = "bearing wear" | "stuck sensor" | "spike";

const KINDS: readonly FaultKind[] = ["bearing wear", "stuck sensor", "spike"];

/** A fault that is on. */
export interface Fault {
  readonly kind: FaultKind;
  /** Time it began, ms. */
  readonly since: number;
}

export interface FaultScheduleOptions {
  /** Time before which nothing goes wrong, ms. */
  readonly quietUntil: number;
  /** Time from one fault to the next, anywhere in the fleet, ms: at least, at most. */
  readonly everyMs?: readonly [number, number];
}

const EVERY_MS = [15_000, 25_000] as const;
/** The first fault comes this soon after the quiet time, ms. */
const FIRST_MS = 3_000;

/** Decides when something goes wrong, what, and in which pump: seeded, so that a run can be repeated. */
export class FaultSchedule {
  readonly #rng: Rng;
  readonly #pumps: number;
  readonly #everyMs: readonly [number, number];
  #next: number;

  /** @param pumps how many there are to choose from */
  constructor(rng: Rng, pumps: number, options: FaultScheduleOptions) {
    this.#rng = rng;
    this.#pumps = pumps;
    this.#everyMs = options.everyMs ?? EVERY_MS;
    this.#next = options.quietUntil + rng.uniform() * FIRST_MS;
  }

  /** @returns the fault that begins at `time` (ms), once; undefined while there is none */
  due(time: number): { readonly pump: number; readonly kind: FaultKind } | undefined {
    if (time < this.#next || this.#pumps === 0) return undefined;
    const [least, most] = this.#everyMs;
    this.#next = time + least + this.#rng.uniform() * (most - least);
    const pump = this.#rng.integer(this.#pumps);
    const kind = KINDS[this.#rng.integer(KINDS.length)] ?? "spike";
    return { pump, kind };
  }
}
