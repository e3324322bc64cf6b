import { Subject, type Subscription } from "rxjs";
import { type Batch, type Clock, type StateSlot, type StreamEvent, systemClock } from "../core/index.js";
import { mutedKeys, mutedUntil } from "../detection/index.js";
import { type Connection, type ConnectionState, type Protocol, topicsOf } from "../mqtt/index.js";
import type { Pipeline } from "../spec/index.js";
import type { PipelineReader, PipelineStore } from "../store/index.js";
import {
  DeliveryWatch,
  type LearningReport,
  type MessageOptions,
  Outboxes,
  type PipelineScope,
  type Resumed,
  shedLoad,
} from "../stream/index.js";
import { answerMqtt, PipelineControl } from "./control/index.js";
import { Counters } from "./counters.js";
import { diskTrouble } from "./disk-trouble.js";
import { FirstSigns } from "./first-signs.js";
import { hiddenStateIn, hiddenStateOf } from "./hidden-state.js";
import { HomeAssistant } from "./home-assistant/index.js";
import { KeyExpiry } from "./key-expiry.js";
import { logLearning } from "./learning-words.js";
import { LiveReports } from "./live-reports.js";
import { liveStream } from "./live-stream.js";
import { Load } from "./load.js";
import type { Log } from "./log.js";
import { offlineHint } from "./offline-hint.js";
import { resumeLive } from "./resume-live.js";
import { makeReader } from "./sample-reader.js";
import { SilenceCheck } from "./silence-check.js";
import { type Engines, makeStages } from "./stages.js";
import { type PipelineState, StatusTopic } from "./status-topic.js";
import { watchWords } from "./watch-words.js";
import type { Watcher } from "./watcher.js";

export type WatchDrops = (protocol: Protocol, onCount: (total: number) => void) => () => Promise<void>;

export interface LivePipelineOptions {
  readonly pipeline: Pipeline;
  readonly store: PipelineStore;
  readonly connection: Connection;
  readonly engines: Engines;
  readonly log: Log;
  readonly clock?: Clock;
  /** A recording that is stepped first when the store is still empty. */
  readonly history?: string | undefined;
  readonly onLearning?: (report: LearningReport) => void;
  /** Topics on which messages come on the same broker: asked for when none comes here. */
  readonly lookAround?: (() => Promise<readonly string[]>) | undefined;
  /** Listens to how many messages the same broker has dropped; returns what ends it. */
  readonly watchDrops?: WatchDrops | undefined;
  /** The stream has ended with an error: what is un-acknowledged stays with the broker. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * One pipeline, live: packets in, through the operators, into the store, and out from there. Resumes its
 * state before it takes the first packet.
 */
export class LivePipeline {
  readonly counters = new Counters();
  /** What may be asked of it while it runs. */
  readonly control: PipelineControl;
  readonly #options: LivePipelineOptions;
  readonly #clock: Clock;
  readonly #stop = new Subject<void>();
  readonly #status: StatusTopic;
  readonly #outboxes: Outboxes;
  readonly #deliveries: DeliveryWatch;
  readonly #load = new Load();
  readonly #silence: SilenceCheck;
  #listening: NodeJS.Timeout | undefined;
  readonly #reports: LiveReports;
  readonly #signs: FirstSigns;
  #unwatchDrops: (() => Promise<void>) | undefined;
  readonly #home: HomeAssistant | undefined;
  #scope: PipelineScope | undefined;
  #subscription: Subscription | undefined;
  #completed: Promise<void> = Promise.resolve();
  #model = "naive";
  /** Only then do the stages hold what belongs to the store's last position. */
  #isResumed = false;
  #isConnected = false;
  readonly #watchers = new Set<Watcher>();

  constructor(options: LivePipelineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#deliveries = new DeliveryWatch(this.#clock);
    const { pipeline, store, connection, log } = options;
    const { output } = pipeline;
    this.control = new PipelineControl({ store, zone: pipeline.input.zone });
    const messages: MessageOptions = {
      pipeline: pipeline.name,
      topics: topicsOf(output.base, pipeline.name),
      targets: pipeline.targets,
      qos: output.qos,
      expirySeconds: Math.ceil(output.expiryMs / 1000),
    };
    const { control, name } = this;
    const stages = () => this.#scope?.stages ?? [];
    const groupMs = pipeline.anomaly?.groupMs;
    const pager = () => this.#scope?.pager;
    this.#silence = new SilenceCheck({
      name,
      control,
      stages,
      store,
      pager,
      clock: this.#clock,
      groupMs,
      log,
    });
    if (output.homeAssistant) this.#home = new HomeAssistant({ pipeline, connection, store, log });
    this.#status = new StatusTopic({ messages, connection, clock: this.#clock, log });
    const { lookAround } = options;
    this.#signs = new FirstSigns({ pipeline, clock: this.#clock, log, lookAround });
    this.#reports = new LiveReports({
      ...{ pipeline, connection, log, clock: this.#clock, counters: this.counters },
      ...{ status: this.#status, deliveries: this.#deliveries, load: this.#load },
      signs: this.#signs,
      expiry: this.#keyExpiry(messages),
      isConnected: () => this.#isConnected,
      paged: () => pager() ?? { fetched: 0, displaced: 0 },
      figures: () => {
        const { counters, model, lagMs, waiting, backlog: unpublished, unsettled: uncommitted } = this;
        return { counters, model, lagMs, waiting, unpublished, uncommitted };
      },
    });
    this.#outboxes = new Outboxes({
      messages,
      connection,
      store,
      output,
      clock: this.#clock,
      onWarning: (message) => log.warn(message),
    });
  }

  get name(): string {
    return this.#options.pipeline.name;
  }

  /** Name of the checkpoint that made the newest forecasts. */
  get model(): string {
    return this.#model;
  }

  get pipeline(): Pipeline {
    return this.#options.pipeline;
  }

  /** What it has stored, until it is stopped. */
  get stored(): PipelineReader {
    return this.#options.store;
  }

  get status(): { readonly state: PipelineState; readonly why: string } {
    return this.#status.current;
  }

  /** It has resumed its state, and its broker is there. */
  get isReady(): boolean {
    return this.#isResumed && this.#isConnected && !this.#status.isDegraded;
  }

  /** How far the newest event's time is behind the clock, ms; undefined before the first. */
  get lagMs(): number | undefined {
    const { newestTime } = this.counters;
    return newestTime === undefined ? undefined : this.#clock.now() - newestTime;
  }

  /** Packets that wait behind the batch that is being stepped. */
  get waiting(): number {
    return this.#load.waiting;
  }

  /** Batches that are not on disk yet. */
  get unsettled(): number {
    return this.#deliveries.unsettled;
  }

  /** What the network remembers of a key now: its whole state, flattened. */
  hiddenState(key: string): ArrayLike<number> | undefined {
    const scope = this.#scope;
    if (scope === undefined) return undefined;
    return hiddenStateOf(scope.stages, key) ?? hiddenStateIn(this.stored.page(key));
  }

  /** Event time, ms, before which a key raises no alerts; undefined where nothing is known of the key. */
  mutedUntil(key: string): number | undefined {
    return mutedUntil(this.#slots, key);
  }

  /** Keys that raise no alerts before some event time, ms. */
  mutedKeys(): [key: string, until: number][] {
    return mutedKeys(this.#slots);
  }

  get #slots(): readonly StateSlot[] {
    return this.#scope?.stages.flatMap(({ slots }) => slots) ?? [];
  }

  /** @returns what ends it */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Rows that are committed and not yet published. */
  get backlog(): number {
    return this.#outboxes.backlog;
  }

  /** Up to this event predictions have been published and answered. */
  get predicted(): number {
    return this.#outboxes.predicted;
  }

  /** Fulfilled when the state is resumed and the connection is being opened. */
  async start(): Promise<void> {
    const { pipeline, engines, connection, store, log } = this.#options;
    const requests = answerMqtt(pipeline, this.control, connection, log);
    const stages = await makeStages(pipeline, engines, (report) => this.#learning(report));
    log.info(`${pipeline.name}: ${watchWords(pipeline)}`);
    const reading = makeReader(pipeline);
    let markCompleted = (): void => {};
    this.#completed = new Promise((resolve) => {
      markCompleted = resolve;
    });
    const committed = liveStream({
      ...{ pipeline, store, connection, stages, reading },
      clock: this.#clock,
      deliveries: this.#deliveries,
      stop: this.#stop,
      requests: this.#home?.beside(requests) ?? requests,
      onLine: (line) => this.control.open(line),
      onConnection: (state) => this.#onConnection(state),
      shed: (events, waiting) => this.#shed(events, waiting),
      onIgnored: () => this.counters.ignored++,
      onScope: (scope) => {
        this.#scope = scope;
      },
      resume: (scope) => this.#resume(scope),
      onCommitMs: (ms) => this.counters.commits.add(ms, this.#clock.now()),
      onTrouble: (error) => this.#onTrouble(error),
    });
    this.#subscription = committed.subscribe({
      next: (batch) => this.#onCommitted(batch),
      error: (error) => {
        markCompleted();
        this.#status.set("degraded", messageOf(error));
        this.#options.onFailure(error);
      },
      complete: markCompleted,
    });
    this.#listening = setInterval(() => void this.#silence.check(), LISTENING_MS);
    this.#listening.unref();
    this.#reports.start(reading.times);
    await this.#scope?.ready;
    this.#isResumed = true;
  }

  /**
   * Stops in order: takes no more packets, waits for the commits under way, publishes what they brought,
   * keeps a snapshot, says offline and disconnects.
   */
  async stop(): Promise<void> {
    const { connection } = this.#options;
    connection.pause();
    this.#stop.next();
    clearInterval(this.#listening);
    this.#reports.stop();
    await this.#completed;
    this.#subscription?.unsubscribe();
    await this.#outboxes.drained();
    if (this.#isResumed && !this.#status.isDegraded) await this.#scope?.pager?.keepAll();
    await this.#unwatchDrops?.();
    await this.#status.sayOffline("stopped");
    await connection.close();
  }

  #resume(scope: PipelineScope): Promise<Resumed> {
    const { log, pipeline, history, store } = this.#options;
    const onReached = (position: number) => this.#outboxes.skipTo(position);
    return resumeLive(scope, { pipeline, store, history, clock: this.#clock, log, onReached });
  }

  #onConnection(state: ConnectionState): void {
    const { log, pipeline } = this.#options;
    this.#isConnected = state.state === "online";
    this.#silence.listens(this.#isConnected);
    if (state.state === "online") {
      log.info(`${pipeline.name}: online (MQTT ${state.protocol})`);
      if (!state.sessionPresent) this.#forgetLedger();
      this.#status.online();
      this.#outboxes.online();
      this.#home?.online();
      this.#signs.online();
      if (state.protocol !== "embedded") this.#watchDrops(state.protocol);
    } else {
      log.warn(`${pipeline.name}: offline: ${state.why}${offlineHint(state.why)}`);
      this.#outboxes.offline();
      this.#home?.offline();
    }
  }

  #watchDrops(protocol: Protocol): void {
    this.#unwatchDrops ??= this.#options.watchDrops?.(protocol, (total) => this.#reports.dropped(total));
  }

  #shed(events: readonly StreamEvent[], waiting: number): readonly StreamEvent[] {
    const kept = shedLoad(this.#options.pipeline.overload, events, waiting);
    this.counters.shed += events.length - kept.length;
    this.#load.waiting = waiting;
    return kept;
  }

  #forgetLedger(): void {
    const { store, log } = this.#options;
    store.forgetLedger().catch((error: unknown) => log.warn(`ledger not forgotten: ${messageOf(error)}`));
  }

  #onCommitted(batch: Batch): void {
    this.counters.count(batch, this.#clock.now());
    this.#model = batch.events.at(-1)?.model ?? this.#model;
    this.#outboxes.offer(batch);
    this.#load.committed(batch, this.#clock.now());
    this.#reports.committed(batch);
    this.#home?.committed(batch);
    for (const { onCommitted } of this.#watchers) onCommitted?.(batch);
  }

  #onTrouble(error: (Error & { readonly code: string }) | undefined): void {
    const { log, pipeline } = this.#options;
    this.#status.trouble(error && diskTrouble(error));
    if (error) log.error(`${pipeline.name}: events wait at the broker: ${error.message}`);
    else log.info(`${pipeline.name}: events are stored again`);
  }

  #keyExpiry({ topics }: MessageOptions): KeyExpiry | undefined {
    const { pipeline, store, connection, log } = this.#options;
    const { expireMs } = pipeline.sequence;
    if (expireMs === undefined) return undefined;
    const { control, name } = this;
    const pager = () => this.#scope?.pager;
    const onExpired = (key: string) => this.#home?.expired(key);
    return new KeyExpiry({ name, expireMs, store, pager, control, connection, topics, log, onExpired });
  }

  #learning(report: LearningReport): void {
    const { log, pipeline } = this.#options;
    this.#status.learning(report);
    this.#options.onLearning?.(report);
    for (const { onLearning } of this.#watchers) onLearning?.(report);
    logLearning(log, pipeline.name, report);
  }
}

/** How often it is looked whether a key has fallen silent. */
const LISTENING_MS = 1000;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
