import type { Stage } from "../core/index.js";
import type { Connection, Topics } from "../mqtt/index.js";
import type { PipelineReader } from "../store/index.js";
import type { PipelineControl } from "./control/index.js";
import type { Log } from "./log.js";

export interface KeyExpiryOptions {
  readonly name: string;
  /** A key without an event for so long, by the event time of the newest event of all keys, is gone. */
  readonly expireMs: number;
  readonly store: PipelineReader;
  readonly control: PipelineControl;
  readonly connection: Connection;
  readonly topics: Topics;
  readonly stages: () => readonly Stage[];
  readonly log: Log;
  readonly onExpired: (key: string) => void;
}

/** Keys that are let go at a time: each is a request in the stream. */
const MOST = 256;

/**
 * Ends the state of keys that are gone, as a request that stands in the log (so that every replay does it at the same
 * place), and removes their retained messages. A key that comes back begins anew, its count of events goes on.
 */
export class KeyExpiry {
  readonly #options: KeyExpiryOptions;
  #isBusy = false;
  /** Event times of the last events of keys that have been let go. */
  readonly #done = new Map<string, number>();

  constructor(options: KeyExpiryOptions) {
    this.#options = options;
  }

  /** Looks at all keys once. Never rejects. */
  async check(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const { store } = this.#options;
      const keys = store.keys();
      const newest = keys.reduce((time, { lastTime }) => Math.max(time, lastTime), Number.NEGATIVE_INFINITY);
      const gone = keys.filter(({ key, lastTime }) => this.#isGone(key, newest, lastTime));
      await Promise.all(gone.slice(0, MOST).map(({ key, lastTime }) => this.#expire(key, lastTime)));
    } catch (error) {
      this.#options.log.warn(`${this.#options.name}: keys not looked at: ${error}`);
    } finally {
      this.#isBusy = false;
    }
  }

  #isGone(key: string, newest: number, lastTime: number): boolean {
    if (!(newest - lastTime > this.#options.expireMs) || this.#done.get(key) === lastTime) return false;
    return this.#isRemembered(key);
  }

  /** Beside the count of its events, which stays. */
  #isRemembered(key: string): boolean {
    const slots = this.#options.stages().flatMap((stage) => stage.slots);
    return slots.some((slot) => slot.name !== "sequence" && slot.save(key) !== undefined);
  }

  async #expire(key: string, lastTime: number): Promise<void> {
    const { control, connection, topics, log, name } = this.#options;
    const answer = await control.request("reset", { key, why: "expired" });
    if (!answer.ok) return;
    this.#done.set(key, lastTime);
    this.#options.onExpired(key);
    log.info(`${name}: key ${JSON.stringify(key)} has expired`);
    for (const topic of [topics.prediction(key), topics.alert(key)]) {
      connection
        .publish({ topic, payload: "", qos: 1, retain: true })
        .catch((error: unknown) => log.warn(`${name}: retained message not removed: ${error}`));
    }
  }
}
