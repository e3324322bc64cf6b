import { Rng } from "../../src/core/index.js";

export interface KnownEvent {
  readonly timestamp: string;
  readonly value: number;
  readonly key: string;
  readonly n: number;
}

export const KEYS = ["north", "south", "hall 1/2", "übrig", "e"] as const;

/**
 * A sequence that is known beforehand: every event differs from all others in time and value. Each key follows a
 * daily wave with a fault now and then, so that alerts are raised and cleared throughout.
 */
export class KnownEvents {
  readonly #rng: Rng;
  readonly #events: KnownEvent[] = [];

  constructor(seed: number) {
    this.#rng = new Rng(seed);
  }

  /** Events from..to, the first being 0. */
  slice(from: number, to: number): KnownEvent[] {
    while (this.#events.length < to) this.#events.push(this.#next(this.#events.length));
    return this.#events.slice(from, to);
  }

  #next(n: number): KnownEvent {
    const rng = this.#rng;
    const key = KEYS[rng.integer(KEYS.length)] ?? "e";
    const isFault = Math.floor(n / 40) % 7 === 5 && n % 40 < 12;
    const wave = 20 + 5 * Math.sin((2 * Math.PI * n) / 288) + 0.1 * rng.normal();
    return {
      timestamp: new Date(Date.UTC(2024, 4, 1) + n * 300_000).toISOString(),
      value: wave + (isFault ? 15 : 0),
      key,
      n: n + 1,
    };
  }
}
