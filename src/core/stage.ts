import type { Batch } from "./batch.js";
import type { LogEntry } from "./log-entry.js";
import type { StateSlot } from "./state-slot.js";

/**
 * One step of the path of an event: pure but for what its slots remember. The operators in `stream/`
 * are thin shells around stages; on start the runtime drives the same stages over the journal.
 */
export interface Stage {
  readonly slots: readonly StateSlot[];
  /** Fills in its part of every event, in order. A promise holds back the batches behind. */
  process(batch: Batch): void | Promise<void>;
  /** Keys whose memory has changed without an event or a request of theirs since it was last asked. */
  takeTouched?(): Iterable<string>;
  /** Set by whoever keeps what is remembered: called before the memory of all keys changes at once. */
  beforeAllChange?: (() => void) | undefined;
  /** Before a journal is stepped again: the log entries that belong to this stage's slots, by position. */
  replayLog?(entries: readonly LogEntry[]): void;
}
