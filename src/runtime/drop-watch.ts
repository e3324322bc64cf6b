import type { Clock } from "../core/index.js";
import type { Counters } from "./counters.js";
import { Gathered } from "./gathered.js";
import type { Log } from "./log.js";

/** So long they stand in the status, ms. */
const REMEMBERED_MS = 600_000;

const REMEDY =
  "more waited for a client than the broker holds; raise max_queued_messages and max_queued_bytes (edge/mosquitto.conf)";

export interface DropWatchOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Pick<Counters, "brokerDropped">;
  /** Told what stands in the status, and `undefined` when it has been quiet for long. */
  readonly onRemark: (why: string | undefined) => void;
}

/**
 * Warns where the broker has dropped messages: what it drops is gone, and nothing else tells of it. It counts those of
 * all its clients together; whose they were it doesn't say.
 */
export class DropWatch {
  readonly #options: DropWatchOptions;
  #total: number | undefined;
  readonly #drops: Gathered;
  #droppedAt: number | undefined;

  constructor(options: DropWatchOptions) {
    this.#options = options;
    this.#drops = new Gathered(options.clock);
  }

  /** @param total that the broker has dropped since it was started */
  counted(total: number): void {
    const before = this.#total;
    this.#total = total;
    if (before === undefined) {
      if (total > 0) this.#sayBefore(total);
      return;
    }
    // One that was started again counts from 0.
    const dropped = total < before ? total : total - before;
    if (dropped > 0) this.#tell(dropped);
  }

  /** Of that nobody knows when it was, also while Eddy was away. */
  #sayBefore(total: number): void {
    const { name, log } = this.#options;
    log.warn(
      `${name}: the broker has dropped ${total} messages since it was started, perhaps some for Eddy while it was away: ${REMEDY}`,
    );
  }

  #tell(dropped: number): void {
    const { name, log, clock, counters, onRemark } = this.#options;
    counters.brokerDropped += dropped;
    this.#droppedAt = clock.now();
    const untold = this.#drops.add(dropped);
    if (untold === undefined) return;
    log.warn(`${name}: the broker drops messages, ${untold} now: ${REMEDY}`);
    onRemark(`the broker drops messages, ${counters.brokerDropped} since the start: ${REMEDY}`);
  }

  /** Called now and then. */
  check(): void {
    const { clock, onRemark } = this.#options;
    if (this.#droppedAt === undefined || Math.abs(clock.now() - this.#droppedAt) < REMEMBERED_MS) return;
    this.#droppedAt = undefined;
    onRemark(undefined);
  }
}
