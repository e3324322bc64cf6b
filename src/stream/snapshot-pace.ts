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
  #arrival: number | undefined;

  constructor(every?: { readonly events: number } | { readonly ms: number }) {
    this.#every = every;
  }

  see(events: number): void {
    this.#events += events;
  }

  /**
   * @param arrival of the newest event, ms
   * @param bytes   that it would write, about
   */
  isDue(arrival: number, bytes: number): boolean {
    const every = this.#every ?? { events: affordable(bytes) };
    if ("events" in every) return this.#events >= every.events;
    this.#arrival ??= arrival;
    return arrival - this.#arrival >= every.ms;
  }

  /** One is taken. */
  take(arrival: number): void {
    this.#events = 0;
    this.#arrival = arrival;
  }
}

function affordable(bytes: number): number {
  return Math.min(MOST_EVENTS, Math.max(LEAST_EVENTS, bytes / BYTES_PER_EVENT));
}
