import { setImmediate } from "node:timers/promises";
import type { GonePlace, PipelineReader } from "../store/index.js";
import { type KeyPager, writeForgotten } from "../stream/index.js";
import type { PipelineControl } from "./control/index.js";

export interface KeyForgettingOptions {
  readonly store: Pick<PipelineReader, "lookForGone">;
  /** Which keys are in memory; undefined before the start. */
  readonly pager: () => Pick<KeyPager, "isResident"> | undefined;
  readonly control: Pick<PipelineControl, "tell">;
}

/** Keys of one request: a row of each is read where it stands, some four milliseconds. */
const AT_A_TIME = 128;
/** Stretches of the store that are looked at in a row: more keys than may expire between two looks. */
const STRETCHES = 80;

/**
 * Has what expired keys leave behind, their counts of events, forgotten once retention has taken their last rows: else
 * keys that are new ones all the time would fill the store. That is a request that stands in the log; where it stands
 * the stream decides who is still gone (see `narrowToGone`).
 */
export class KeyForgetting {
  readonly #options: KeyForgettingOptions;
  /** Where the last look has ended. */
  #at: GonePlace | undefined;

  constructor(options: KeyForgettingOptions) {
    this.#options = options;
  }

  /** Looks at a part of those whose turn it is. One at a time. */
  async look(): Promise<void> {
    const { store, control } = this.#options;
    for (let stretch = 0; stretch < STRETCHES; stretch++) {
      const pager = this.#options.pager();
      if (pager === undefined) return;
      const { found, at } = store.lookForGone(this.#at, AT_A_TIME);
      this.#at = at;
      const gone = found.filter((key) => !pager.isResident(key));
      if (gone.length > 0) {
        // How many events they had is looked up where it is done.
        const body = writeForgotten(gone.map((key) => ({ key, count: 0 })));
        await control.tell({ kind: "forget", key: "", why: "expired", body });
      }
      if (at === undefined) return;
      await setImmediate();
    }
  }
}
