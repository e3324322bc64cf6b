import { cos, sin } from "../core/index.js";
import { type CalendarFeature, cycleMs } from "./feature.js";
import type { KeyFeature, Moment } from "./key-feature.js";

const TAU = 6.283185307179586;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const WEEK_OFFSET_MS = 3 * 86_400_000;

/** Sine and cosine of the place of the local time in a cycle, and of so many times that angle. */
export class CalendarInputs implements KeyFeature {
  readonly #cycleMs: number;
  readonly #offsetMs: number;
  readonly #harmonics: number;

  constructor({ calendar, harmonics = 1 }: CalendarFeature) {
    this.#cycleMs = cycleMs(calendar);
    this.#offsetMs = calendar === "day-of-week" ? WEEK_OFFSET_MS : 0;
    this.#harmonics = harmonics;
  }

  step(input: Float64Array, at: number, { localMs }: Moment): number {
    const cycle = this.#cycleMs;
    const phase = (TAU * ((((localMs + this.#offsetMs) % cycle) + cycle) % cycle)) / cycle;
    for (let k = 1; k <= this.#harmonics; k++) {
      input[at++] = sin(k * phase);
      input[at++] = cos(k * phase);
    }
    return at;
  }

  begin(): void {}
  write(): void {}
  read(): void {}
}
