import { type Batch, type Clock, FAULTS } from "../core/index.js";
import { Gathered } from "./gathered.js";
import type { Log } from "./log.js";

/** A running share over about so many events. */
const MEMORY = 50;
/** Above the first share of events the pipeline is degraded, until it is below the second. */
const DEGRADED = { from: 0.5, to: 0.1 };

export interface FaultWatchOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Told what most events fail at, and `undefined` when they no longer do. */
  readonly onDegraded: (why: string | undefined) => void;
}

/**
 * Looks for what Eddy itself has failed at: events that a stage left out, payloads at which a codec threw. Each is in
 * the store; the log tells of the first, and once a minute of those since.
 */
export class FaultWatch {
  readonly #options: FaultWatchOptions;
  readonly #faults: Gathered;
  #share = 0;
  #isDegraded = false;

  constructor(options: FaultWatchOptions) {
    this.#options = options;
    this.#faults = new Gathered(options.clock);
  }

  committed({ events, log, deadLetters }: Pick<Batch, "events" | "log" | "deadLetters">): void {
    const faults = log.filter(({ slot }) => slot === FAULTS);
    const unread = deadLetters.filter(({ reason }) => reason === "fault");
    for (const { note } of events) this.#share += ((note === "fault" ? 1 : 0) - this.#share) / MEMORY;
    for (const { kind, position, why } of faults) this.#tell(`${kind} failed at event ${position}, ${why}`);
    for (const { topic, detail } of unread)
      this.#tell(`a payload on ${JSON.stringify(topic)} became a dead letter: ${detail}`);
    this.#judge(faults.at(-1));
  }

  #tell(what: string): void {
    const { name, log } = this.#options;
    const untold = this.#faults.add();
    if (untold === undefined) return;
    const others = untold > 1 ? ` (and ${untold - 1} more since the last such line)` : "";
    log.error(`${name}: a fault of Eddy's own, the event was left out: ${what}${others}`);
  }

  #judge(newest: { readonly kind: string; readonly why: string } | undefined): void {
    const isDegraded = this.#share > (this.#isDegraded ? DEGRADED.to : DEGRADED.from);
    if (isDegraded === this.#isDegraded) return;
    this.#isDegraded = isDegraded;
    this.#options.onDegraded(
      isDegraded && newest ? `${newest.kind} fails at most events: ${newest.why}` : undefined,
    );
  }
}
