import type { Batch, Clock, TimeReader } from "../core/index.js";
import { type Connection, topicsOf } from "../mqtt/index.js";
import type { Pipeline } from "../spec/index.js";
import type { DeliveryWatch } from "../stream/index.js";
import type { Counters } from "./counters.js";
import { DropWatch } from "./drop-watch.js";
import { FaultWatch } from "./fault-watch.js";
import type { FirstSigns } from "./first-signs.js";
import type { KeyExpiry } from "./key-expiry.js";
import type { Load } from "./load.js";
import type { Log } from "./log.js";
import { type MetricsParts, metricsMessage } from "./metrics-message.js";
import { type Paged, PagingWatch } from "./paging-watch.js";
import type { StatusTopic } from "./status-topic.js";
import { TIME_FORMS } from "./time-forms.js";

/** How often a running pipeline tells of itself; a delivery unsettled this long is reported: it fills the broker's window. */
const EVERY_MS = 10_000;

export interface LiveReportsOptions {
  readonly pipeline: Pipeline;
  readonly connection: Connection;
  readonly status: StatusTopic;
  readonly deliveries: DeliveryWatch;
  readonly load: Load;
  readonly expiry: KeyExpiry | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly signs: FirstSigns;
  readonly counters: Counters;
  readonly isConnected: () => boolean;
  /** How many keys have left memory, and come back. */
  readonly paged: () => Paged;
  /** What is told at this moment. */
  readonly figures: () => MetricsParts;
}

/** What a running pipeline says of itself every ten seconds: its load, its numbers, what it can't get rid of. */
export class LiveReports {
  readonly #options: LiveReportsOptions;
  readonly #faults: FaultWatch;
  readonly #drops: DropWatch;
  readonly #paging: PagingWatch;
  #timer: NodeJS.Timeout | undefined;
  #times: TimeReader | undefined;

  constructor(options: LiveReportsOptions) {
    this.#options = options;
    const { pipeline, log, clock, status, counters } = options;
    const told = { name: pipeline.name, log, clock };
    this.#faults = new FaultWatch({ ...told, onDegraded: (why) => status.complain(why) });
    this.#paging = new PagingWatch({ ...told, memoryBytes: pipeline.store.memoryBytes });
    this.#drops = new DropWatch({ ...told, counters, onRemark: (why) => status.remark(why) });
  }

  /** @param times by which event times are read */
  start(times: TimeReader): void {
    this.#times = times;
    this.#timer = setInterval(() => this.#report(), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** After each commit. */
  committed(batch: Batch): void {
    this.#options.signs.committed(batch);
    this.#faults.committed(batch);
    this.#sayHowTimesAreRead();
  }

  /** @param total messages that the broker has dropped since it was started */
  dropped(total: number): void {
    this.#drops.counted(total);
  }

  /** Once: seconds taken for milliseconds are noticed at the first event, or after a month. */
  #sayHowTimesAreRead(): void {
    const recognised = this.#times?.recognised;
    if (recognised === undefined) return;
    this.#times = undefined;
    const { log, pipeline } = this.#options;
    log.info(`${pipeline.name}: event time ${pipeline.input.time} is read as ${TIME_FORMS[recognised]}`);
  }

  #report(): void {
    const { expiry, signs, status, load, figures, paged } = this.#options;
    const parts = figures();
    void expiry?.check();
    void signs.check(parts.counters.ignored);
    this.#drops.check();
    this.#paging.check(paged(), parts.counters.events);
    status.measured(load.figures(parts.unpublished, parts.counters.shed));
    this.#publish(parts);
    this.#reportUnsettled();
  }

  /** Numbers of now: without a connection nobody misses them. */
  #publish(parts: MetricsParts): void {
    const { connection, pipeline, clock, isConnected } = this.#options;
    if (!isConnected()) return;
    const topic = topicsOf(pipeline.output.base, pipeline.name).metrics;
    connection.publish(metricsMessage(topic, parts, clock.now())).catch(() => {});
  }

  #reportUnsettled(): void {
    const { deliveries, log, pipeline } = this.#options;
    const { oldestMs, unsettled } = deliveries;
    if (oldestMs < EVERY_MS) return;
    const seconds = Math.round(oldestMs / 1000);
    log.warn(`${pipeline.name}: ${unsettled} batches are not committed, the oldest for ${seconds} s`);
  }
}
