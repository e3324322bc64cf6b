import type { Clock } from "../core/index.js";
import type { Connection, OutboundMessage } from "../mqtt/index.js";
import type { LearningReport, MessageOptions } from "../stream/index.js";
import type { LoadFigures } from "./load.js";
import type { Log } from "./log.js";

export type PipelineState = "online" | "warming-up" | "degraded" | "offline";

export interface StatusTopicOptions {
  readonly messages: MessageOptions;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly log: Log;
}

/** The retained message that says a pipeline is gone: also the connection's last will. */
export function offlineMessage(topic: string, why: string): OutboundMessage {
  return {
    topic,
    payload: JSON.stringify({ state: "offline", why }),
    qos: 1,
    retain: true,
    contentType: "application/json",
  };
}

const LOAD_EVERY_MS = 60_000;

/** How often collecting and training are reported, in reports. */
const EVERY = 20;

/**
 * The pipeline's status (birth, changes, end) and what it learns, on their retained topics. Published when
 * there is a connection; after an outage the newest of each goes out again.
 */
export class StatusTopic {
  readonly #options: StatusTopicOptions;
  #state: PipelineState = "online";
  #why = "started";
  /** What keeps it from its work for now; goes before the state. */
  #trouble: string | undefined;
  /** What is wrong although it works: goes before the state, after the trouble. */
  #complaint: string | undefined;
  /** What is worth knowing though nothing may be wrong with the pipeline: goes in the place of `#why`. */
  #remark: string | undefined;
  #load: LoadFigures | undefined;
  #loadAt = Number.NEGATIVE_INFINITY;
  #learning: object | undefined;
  #isConnected = false;
  #reports = 0;

  constructor(options: StatusTopicOptions) {
    this.#options = options;
  }

  /** What is published. */
  get current(): { readonly state: PipelineState; readonly why: string } {
    const wrong = this.#trouble ?? this.#complaint;
    if (wrong !== undefined) return { state: "degraded", why: wrong };
    return { state: this.#state, why: this.#remark ?? this.#why };
  }

  /** It can't do its work. */
  get isDegraded(): boolean {
    return this.#state === "degraded" || this.#trouble !== undefined;
  }

  /** The connection is there (again): birth. */
  online(): void {
    this.#isConnected = true;
    this.#publishStatus();
    if (this.#learning) this.#publishLearning(this.#learning);
  }

  set(state: PipelineState, why: string): void {
    if (state === this.#state && why === this.#why) return;
    this.#state = state;
    this.#why = why;
    if (this.#isConnected) this.#publishStatus();
  }

  /** Degraded, whatever its state, until this is said again with `undefined`. */
  trouble(why: string | undefined): void {
    if (why === this.#trouble) return;
    this.#trouble = why;
    if (this.#isConnected) this.#publishStatus();
  }

  /** Degraded, though it does its work, until this is said again with `undefined`. */
  complain(why: string | undefined): void {
    if (why === this.#complaint) return;
    this.#complaint = why;
    if (this.#isConnected) this.#publishStatus();
  }

  /** Whatever its state, this is why, until it is said again with `undefined`. */
  remark(why: string | undefined): void {
    if (why === this.#remark) return;
    this.#remark = why;
    if (this.#isConnected) this.#publishStatus();
  }

  /** How far it is behind: goes out with the next change, and about once a minute while events come. */
  measured(load: LoadFigures | undefined): void {
    if (load === undefined) return;
    this.#load = load;
    const now = this.#options.clock.now();
    // A clock that was set back must not silence it.
    if (Math.abs(now - this.#loadAt) < LOAD_EVERY_MS) return;
    this.#loadAt = now;
    if (this.#isConnected) this.#publishStatus();
  }

  async sayOffline(why: string): Promise<void> {
    if (!this.#isConnected) return;
    const { messages, connection, log } = this.#options;
    const message = offlineMessage(messages.topics.status, why);
    await connection.publish(message).catch((error: unknown) => log.warn(`status not published: ${error}`));
  }

  learning(report: LearningReport): void {
    const isNews = report.kind !== "collecting" && report.kind !== "progress";
    if (report.kind === "collecting") {
      this.set("warming-up", `collects the first ${report.of} events for the first network`);
    } else if (report.kind === "training" && this.#state === "warming-up") {
      this.set("warming-up", "trains the first network");
    } else if (report.kind === "retired") {
      this.set("warming-up", `network ${report.model} retired: it ${report.why}`);
    } else if (report.kind === "checkpoint" || report.kind === "rolled-back") {
      this.set("online", `network ${report.model} in service`);
    }
    if (!isNews && this.#reports++ % EVERY !== 0) return;
    this.#learning = { time: new Date(this.#options.clock.now()).toISOString(), ...report };
    if (this.#isConnected) this.#publishLearning(this.#learning);
  }

  #publishStatus(): void {
    this.#publish(this.#options.messages.topics.status, {
      ...this.current,
      ...(this.#load && { load: this.#load }),
      time: new Date(this.#options.clock.now()).toISOString(),
    });
  }

  #publishLearning(report: object): void {
    this.#publish(this.#options.messages.topics.learning, report);
  }

  #publish(topic: string, body: object): void {
    const { connection, log } = this.#options;
    const payload = JSON.stringify(body);
    connection
      .publish({ topic, payload, qos: 1, retain: true, contentType: "application/json" })
      .catch((error: unknown) => log.warn(`${topic} not published: ${error}`));
  }
}
