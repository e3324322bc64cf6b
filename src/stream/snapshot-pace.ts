import type { Snapshot } from "../store/index.js";

/** Events between snapshots at least, and at most. */
const LEAST_EVENTS = 20_000;
const MOST_EVENTS = 500_000;
/** Of what is written for an event, bytes that may go into snapshots: a sample and its output take some 200. */
const BYTES_PER_EVENT = 32;

/**
 * When the next snapshot is due: as often as somebody said, else after as many events as make its size 32 bytes
 * each, from 20,000 events to 500,000. Snapshots wear the disk, and what came since the last is stepped again
 * after a crash.
 */
export class SnapshotPace {
  readonly #every: { readonly events: number } | { readonly ms: number } | undefined;
  #events = 0;
  #bytes = 0;
  #arrival: number | undefined;

  constructor(every?: { readonly events: number } | { readonly ms: number }) {
    this.#every = every;
  }

  see(events: number): void {
    this.#events += events;
  }

  /** @param arrival of the newest event, ms */
  isDue(arrival: number): boolean {
    const every = this.#every ?? { events: this.#affordable };
    if ("events" in every) return this.#events >= every.events;
    this.#arrival ??= arrival;
    return arrival - this.#arrival >= every.ms;
  }

  get #affordable(): number {
    return Math.min(MOST_EVENTS, Math.max(LEAST_EVENTS, this.#bytes / BYTES_PER_EVENT));
  }

  /**
   * One was taken: its size says how often.
   *
   * @returns whether it is to be written; else it came too early for its size
   */
  take({ entries }: Snapshot, arrival: number): boolean {
    this.#bytes = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (!this.isDue(arrival)) return false;
    this.#events = 0;
    this.#arrival = arrival;
    return true;
  }
}
