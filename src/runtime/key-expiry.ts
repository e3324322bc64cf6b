import { setImmediate } from "node:timers/promises";
import type { Connection, Topics } from "../mqtt/index.js";
import type { PipelineReader } from "../store/index.js";
import type { KeyPager } from "../stream/index.js";
import type { PipelineControl } from "./control/index.js";
import { KeyForgetting } from "./key-forgetting.js";
import type { Log } from "./log.js";

export interface KeyExpiryOptions {
  readonly name: string;
  /** A key without an event for so long, by the event time of the newest event of all keys, is gone. */
  readonly expireMs: number;
  readonly store: Pick<PipelineReader, "lookThrough" | "lookForGone">;
  /** Which keys are in memory; undefined before the start. */
  readonly pager: () => Pick<KeyPager, "newest" | "quiet" | "isResident"> | undefined;
  readonly control: Pick<PipelineControl, "request" | "tell">;
  readonly connection: Pick<Connection, "publish">;
  readonly topics: Topics;
  readonly log: Log;
  readonly onExpired: (key: string) => void;
}

/** Keys that are let go at a time: each is a request in the stream. */
const MOST = 8192;
/** Stored keys that are looked at in a turn of the event loop, some five milliseconds, and turns in a row. */
const LOOKED_AT = 5_000;
const TURNS = 10;
/** Keys that are named in the log. */
const NAMED = 5;

/**
 * Ends the state of keys that are gone, as a request that stands in the log (so that every replay does it at the same
 * place), and removes their retained messages. A key that comes back begins anew, its count of events goes on, until
 * that is forgotten too (see `KeyForgetting`).
 */
export class KeyExpiry {
  readonly #options: KeyExpiryOptions;
  readonly #forgetting: KeyForgetting;
  #isBusy = false;
  /** Where the last look through the store has ended. */
  #at = 0;

  constructor(options: KeyExpiryOptions) {
    this.#options = options;
    this.#forgetting = new KeyForgetting(options);
  }

  /** Looks at the keys in memory and at a part of those in the store. Never rejects. */
  async check(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { log, name } = this.#options;
    try {
      const gone = await this.#gone();
      const ended = await Promise.all(gone.map((key) => this.#expire(key)));
      const expired = gone.filter((_, i) => ended[i]);
      if (expired.length > 0) log.info(`${name}: ${words(expired)}`);
      await this.#forgetting.look();
    } catch (error) {
      log.warn(`${name}: keys not looked at: ${error}`);
    } finally {
      this.#isBusy = false;
    }
  }

  async #gone(): Promise<string[]> {
    const { store, expireMs } = this.#options;
    const pager = this.#options.pager();
    // After a start nobody is gone before there is something new.
    if (pager === undefined || pager.newest === Number.NEGATIVE_INFINITY) return [];
    const heard = pager.newest - expireMs;
    const gone: string[] = [];
    for (const key of pager.quiet(heard)) {
      if (gone.length >= MOST) return gone;
      gone.push(key);
    }
    for (let turn = 0; turn < TURNS && gone.length < MOST; turn++) {
      const bounds = { heard, due: Number.NEGATIVE_INFINITY, count: LOOKED_AT, most: MOST - gone.length };
      const { found, at } = store.lookThrough(this.#at, bounds);
      const isRound = at <= this.#at;
      this.#at = at;
      gone.push(...found.map(({ key }) => key).filter((key) => !pager.isResident(key)));
      if (isRound) break;
      await setImmediate();
    }
    return [...new Set(gone)];
  }

  /** @returns whether it is done */
  async #expire(key: string): Promise<boolean> {
    const { control, connection, topics, log, name } = this.#options;
    const answer = await control.request("reset", { key, why: "expired" });
    if (!answer.ok) return false;
    this.#options.onExpired(key);
    for (const topic of [topics.prediction(key), topics.alert(key)]) {
      connection
        .publish({ topic, payload: "", qos: 1, retain: true })
        .catch((error: unknown) => log.warn(`${name}: retained message not removed: ${error}`));
    }
    return true;
  }
}

function words(keys: readonly string[]): string {
  const named = keys.slice(0, NAMED).map((key) => JSON.stringify(key));
  const more = keys.length - named.length;
  if (keys.length === 1) return `key ${named[0]} has expired`;
  return `keys ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""} have expired`;
}
