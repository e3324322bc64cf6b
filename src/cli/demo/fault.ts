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
  /** Nothing goes wrong in the first seconds, while the detectors warm up. */
  readonly quietSeconds: number;
  /** From one fault to the next, anywhere in the fleet: at least, at most. Default: 15 to 25. */
  readonly everySeconds?: readonly [number, number];
}

const EVERY_SECONDS = [15, 25] as const;
/** The first fault comes this soon after the quiet time. */
const FIRST_SECONDS = 3;

/** Decides when something goes wrong, what, and in which pump: seeded, so that a run can be repeated. */
export class FaultSchedule {
  readonly #rng: Rng;
  readonly #pumps: number;
  readonly #everySeconds: readonly [number, number];
  #next: number;

  /**
   * @param pumps how many there are to choose from
   * @param start when the quiet time begins, ms
   */
  constructor(rng: Rng, pumps: number, start: number, options: FaultScheduleOptions) {
    this.#rng = rng;
    this.#pumps = pumps;
    this.#everySeconds = options.everySeconds ?? EVERY_SECONDS;
    this.#next = start + 1000 * (options.quietSeconds + FIRST_SECONDS * rng.uniform());
  }

  /** @returns the fault that begins at `time` (ms), once; undefined while there is none */
  due(time: number): { readonly pump: number; readonly kind: FaultKind } | undefined {
    if (time < this.#next || this.#pumps === 0) return undefined;
    const [least, most] = this.#everySeconds;
    this.#next = time + 1000 * (least + this.#rng.uniform() * (most - least));
    const pump = this.#rng.integer(this.#pumps);
    const kind = KINDS[this.#rng.integer(KINDS.length)] ?? "spike";
    return { pump, kind };
  }
}
