import type { Batch, Request } from "../../core/index.js";
import type { Connection, InboundPacket } from "../../mqtt/index.js";
import type { Pipeline } from "../../spec/index.js";
import type { PipelineReader } from "../../store/index.js";
import type { Log } from "../log.js";
import { discoveryTopic, HOME_ASSISTANT_STATUS, keyDevice, pipelineDevice } from "./devices.js";

/** Keys that become devices; a home with more has another way to look at them. */
const MOST_KEYS = 1000;

export interface HomeAssistantOptions {
  readonly pipeline: Pipeline;
  readonly connection: Connection;
  readonly store: PipelineReader;
  readonly log: Log;
}

/** Takes packets that are no samples. */
export interface PacketTaker {
  isRequest(topic: string): boolean;
  read(packet: InboundPacket): Request | undefined;
}

/** Topics that a pipeline listens to for Home Assistant's sake. */
export function homeAssistantFilters({ output }: Pipeline): string[] {
  return output.homeAssistant ? [HOME_ASSISTANT_STATUS] : [];
}

/**
 * Tells Home Assistant of a pipeline and its keys (MQTT discovery, a device each): when there is a connection, when a
 * key comes up, and again whenever Home Assistant says that it has started. Retained, so that neither has to be there
 * when the other starts.
 */
export class HomeAssistant {
  readonly #options: HomeAssistantOptions;
  /** Keys that it has been told of since there is a connection. */
  readonly #known = new Set<string>();
  #isOnline = false;
  /** Announcements go out one after the other. */
  #line: Promise<void> = Promise.resolve();
  #hasWarned = false;

  constructor(options: HomeAssistantOptions) {
    this.#options = options;
  }

  /** Takes what Home Assistant says of itself out of what comes in, and leaves the rest to others. */
  beside(others: PacketTaker): PacketTaker {
    return {
      isRequest: (topic) => topic === HOME_ASSISTANT_STATUS || others.isRequest(topic),
      read: (packet) => {
        if (packet.topic !== HOME_ASSISTANT_STATUS) return others.read(packet);
        if (new TextDecoder().decode(packet.payload) === "online") this.#announceAll();
        return undefined;
      },
    };
  }

  online(): void {
    this.#isOnline = true;
    this.#announceAll();
  }

  offline(): void {
    this.#isOnline = false;
  }

  committed({ events }: Pick<Batch, "events">): void {
    for (const { sample, note } of events) if (note === "") this.#meet(sample.key);
  }

  /** A key is gone for good. */
  expired(key: string): void {
    this.#known.delete(key);
    this.#publish(discoveryTopic(this.#options.pipeline, key), "");
  }

  #announceAll(): void {
    if (!this.#isOnline) return;
    this.#known.clear();
    const { pipeline, store } = this.#options;
    this.#publish(discoveryTopic(pipeline), JSON.stringify(pipelineDevice(pipeline)));
    const keys = store.keys();
    const newest = keys.reduce((time, { lastTime }) => Math.max(time, lastTime), Number.NEGATIVE_INFINITY);
    const { expireMs = Number.POSITIVE_INFINITY } = pipeline.sequence;
    for (const { key, lastTime } of keys) if (newest - lastTime <= expireMs) this.#meet(key);
  }

  #meet(key: string): void {
    if (!this.#isOnline || this.#known.has(key)) return;
    const { pipeline, log } = this.#options;
    if (this.#known.size >= MOST_KEYS) {
      if (!this.#hasWarned) {
        log.warn(
          `${pipeline.name}: Home Assistant is told of the first ${MOST_KEYS} keys, not of ${JSON.stringify(key)}`,
        );
      }
      this.#hasWarned = true;
      return;
    }
    this.#known.add(key);
    this.#publish(discoveryTopic(pipeline, key), JSON.stringify(keyDevice(pipeline, key)));
  }

  #publish(topic: string, payload: string): void {
    const { connection, log, pipeline } = this.#options;
    this.#line = this.#line.then(async () => {
      // After an outage all of it goes out again.
      if (!this.#isOnline) return;
      await connection
        .publish({ topic, payload, qos: 1, retain: true, contentType: "application/json" })
        .catch((error: unknown) =>
          log.warn(`${pipeline.name}: Home Assistant not told of ${topic}: ${error}`),
        );
    });
  }
}
