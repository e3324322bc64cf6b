import type { Clock } from "../core/index.js";
import { Gathered } from "./gathered.js";
import type { Log } from "./log.js";

/** Above this share of events at which a key comes back while another has to go, memory is short. */
const SHARE = 0.1;
/** Fewer say nothing. */
const LEAST = 100;

/** What a `KeyPager` has counted since the start. */
export interface Paged {
  /** Keys whose states came back from the store. */
  readonly fetched: number;
  /** Keys whose states went there for want of room. */
  readonly displaced: number;
}

export interface PagingWatchOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** `store: { memory }` */
  readonly memoryBytes: number;
}

/** Warns where more keys are busy than memory holds: each event then costs a reading and a writing of states. */
export class PagingWatch {
  readonly #options: PagingWatchOptions;
  readonly #short: Gathered;
  #before = { fetched: 0, displaced: 0, events: 0 };

  constructor(options: PagingWatchOptions) {
    this.#options = options;
    this.#short = new Gathered(options.clock);
  }

  /** Called now and then. @param events since the start */
  check({ fetched, displaced }: Paged, events: number): void {
    const before = this.#before;
    this.#before = { fetched, displaced, events };
    const exchanged = Math.min(fetched - before.fetched, displaced - before.displaced);
    const seen = events - before.events;
    if (exchanged < LEAST || exchanged < SHARE * seen || this.#short.add() === undefined) return;
    const { name, log, memoryBytes } = this.#options;
    const share = Math.round((100 * exchanged) / Math.max(1, seen));
    log.warn(
      `${name}: more keys are busy than fit in memory: at ${share} % of the events a key's states come from the database and another's go there. Raise "store: { memory }" (${Math.round(memoryBytes / 1024 ** 2)} MiB), or choose lighter detectors with "anomaly: { keys }"`,
    );
  }
}
