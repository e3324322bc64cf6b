import { ByteReader, ByteWriter, type Clock, type Stage } from "../core/index.js";
import { readLastHeard, SILENCE_SLOT } from "../detection/index.js";
import type { PipelineControl } from "./control/index.js";
import type { Log } from "./log.js";

export interface SilenceCheckOptions {
  readonly name: string;
  readonly control: PipelineControl;
  readonly stages: () => readonly Stage[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Keys that are told of at a time: each is a request in the stream. */
const MOST = 256;
/** After a look at n keys the next one is n ms later: a thousandth of the processor, about. */
const PAUSE_MS = 1;

/**
 * Tells of keys that have fallen silent and may never come back, as a request that stands in the log, so that every
 * replay raises the alert at the same place. A silence counts by this box's clock, from the key's last arrival on or from
 * when the broker was reached: what nobody listened to was not silent.
 */
export class SilenceCheck {
  readonly #options: SilenceCheckOptions;
  #listeningSince = Number.POSITIVE_INFINITY;
  #isBusy = false;
  #nextLook = Number.NEGATIVE_INFINITY;

  constructor(options: SilenceCheckOptions) {
    this.#options = options;
  }

  /** The broker has been reached, or lost. */
  listens(isConnected: boolean): void {
    this.#listeningSince = isConnected ? this.#options.clock.now() : Number.POSITIVE_INFINITY;
  }

  /** Looks at all keys, if it is time to. Never rejects. */
  async check(): Promise<void> {
    const now = this.#options.clock.now();
    if (this.#isBusy || now < Math.max(this.#listeningSince, this.#nextLook)) return;
    this.#isBusy = true;
    try {
      await Promise.all(
        this.#silent()
          .slice(0, MOST)
          .map((key) => this.#tell(key)),
      );
    } catch (error) {
      this.#options.log.warn(`${this.#options.name}: silences not looked at: ${error}`);
    } finally {
      this.#isBusy = false;
    }
  }

  #silent(): { readonly key: string; readonly silenceMs: number }[] {
    const slot = this.#options
      .stages()
      .flatMap(({ slots }) => slots)
      .find(({ name }) => name === SILENCE_SLOT);
    if (slot === undefined) return [];
    const keys = [...slot.keys()];
    this.#nextLook = this.#options.clock.now() + PAUSE_MS * keys.length;
    return keys.flatMap((key) => {
      const bytes = slot.save(key);
      if (bytes === undefined) return [];
      const { arrival, dueMs } = readLastHeard(new ByteReader(bytes, `state slot "${SILENCE_SLOT}"`));
      const silenceMs = this.#options.clock.now() - Math.max(arrival, this.#listeningSince);
      return silenceMs <= dueMs ? [] : [{ key, silenceMs }];
    });
  }

  async #tell({ key, silenceMs }: { readonly key: string; readonly silenceMs: number }): Promise<void> {
    const body = new ByteWriter().f64(silenceMs).finish();
    const { control, log, name } = this.#options;
    const answer = await control.tell({ kind: "silence", key, why: "nothing came", body });
    if (answer.ok) log.warn(`${name}: nothing has come of key ${JSON.stringify(key)} for a while`);
  }
}
