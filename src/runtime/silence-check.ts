import { ByteReader, type Clock, type Stage } from "../core/index.js";
import { readLastHeard, SILENCE_SLOT, type Silence, writeSilences } from "../detection/index.js";
import type { PipelineReader } from "../store/index.js";
import type { KeyPager } from "../stream/index.js";
import type { PipelineControl } from "./control/index.js";
import type { Log } from "./log.js";

export interface SilenceCheckOptions {
  readonly name: string;
  readonly control: PipelineControl;
  readonly stages: () => readonly Stage[];
  readonly store: Pick<PipelineReader, "lookThrough" | "page">;
  /** Which keys are in memory; undefined before the start. */
  readonly pager: () => Pick<KeyPager, "isResident"> | undefined;
  readonly clock: Clock;
  /** Keys that fall silent within so much time are told of together, ms; absent: each by itself. */
  readonly groupMs?: number | undefined;
  readonly log: Log;
}

/** Keys that are told of at a time: each is a request in the stream. */
const MOST = 256;
/** After a look at n keys the next one is n ms later: a thousandth of the processor, about. */
const PAUSE_MS = 1;
/** Stored keys that are looked at at a time: some five milliseconds. */
const LOOKED_AT = 5_000;

/**
 * Tells of keys that have fallen silent and may never come back, as a request that stands in the log, so that every
 * replay raises the alert at the same place. A silence counts by this box's clock, from the key's last arrival on or from
 * when the broker was reached: what nobody listened to was not silent.
 */
export class SilenceCheck {
  readonly #options: SilenceCheckOptions;
  #listeningSince = Number.POSITIVE_INFINITY;
  #isBusy = false;
  /** Since when keys that are silent wait for others. */
  #gathersSince: number | undefined;
  #nextLook = Number.NEGATIVE_INFINITY;
  /** Where the last look through the store has ended. */
  #at = 0;

  constructor(options: SilenceCheckOptions) {
    this.#options = options;
  }

  /** The broker has been reached, or lost. */
  listens(isConnected: boolean): void {
    this.#listeningSince = isConnected ? this.#options.clock.now() : Number.POSITIVE_INFINITY;
  }

  /** Looks at the keys in memory, and a part of those in the store, if it is time to. Never rejects. */
  async check(): Promise<void> {
    const now = this.#options.clock.now();
    if (this.#isBusy || now < Math.max(this.#listeningSince, this.#nextLook)) return;
    this.#isBusy = true;
    try {
      await this.#tellAll(this.#silent(), now);
    } catch (error) {
      this.#options.log.warn(`${this.#options.name}: silences not looked at: ${error}`);
    } finally {
      this.#isBusy = false;
    }
  }

  #silent(): Silence[] {
    const slot = this.#options
      .stages()
      .flatMap(({ slots }) => slots)
      .find(({ name }) => name === SILENCE_SLOT);
    if (slot === undefined) return [];
    const keys = [...slot.keys()];
    this.#nextLook = this.#options.clock.now() + PAUSE_MS * keys.length;
    return [...keys.flatMap((key) => this.#silence(key, slot.save(key))), ...this.#silentInStore()];
  }

  #silentInStore(): Silence[] {
    const { store, clock } = this.#options;
    const pager = this.#options.pager();
    if (pager === undefined) return [];
    const bounds = { heard: Number.NEGATIVE_INFINITY, due: clock.now(), count: LOOKED_AT, most: MOST };
    const { found, at } = store.lookThrough(this.#at, bounds);
    this.#at = at;
    return found.flatMap(({ key }) => {
      if (pager.isResident(key)) return [];
      const entry = store.page(key)?.entries.find(({ slot }) => slot === SILENCE_SLOT);
      return this.#silence(key, entry?.bytes);
    });
  }

  /** @param bytes of the key's slot */
  #silence(key: string, bytes: Uint8Array | undefined): Silence[] {
    if (bytes === undefined) return [];
    const { arrival, dueMs } = readLastHeard(new ByteReader(bytes, `state slot "${SILENCE_SLOT}"`));
    const silenceMs = this.#options.clock.now() - Math.max(arrival, this.#listeningSince);
    return silenceMs <= dueMs ? [] : [{ key, silenceMs }];
  }

  async #tellAll(silent: readonly Silence[], now: number): Promise<void> {
    const { groupMs } = this.#options;
    if (groupMs === undefined) {
      await Promise.all(silent.slice(0, MOST).map((one) => this.#tell([one])));
      return;
    }
    if (silent.length > 0) this.#gathersSince ??= now;
    if (this.#gathersSince === undefined || now - this.#gathersSince < groupMs) return;
    this.#gathersSince = undefined;
    if (silent.length > 0) await this.#tell(silent);
  }

  async #tell(silences: readonly Silence[]): Promise<void> {
    const { control, log, name } = this.#options;
    const [{ key } = { key: "" }, ...others] = silences;
    const answer = await control.tell({
      kind: "silence",
      key,
      why: "nothing came",
      body: writeSilences(silences),
    });
    if (!answer.ok) return;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    log.warn(`${name}: nothing has come of key ${JSON.stringify(key)}${more} for a while`);
  }
}
