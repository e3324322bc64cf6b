import type { Delivery } from "./delivery.js";
import type { LogEntry } from "./log-entry.js";
import type { Request } from "./request.js";
import type { Note, StreamEvent } from "./stream-event.js";

/** Something that came in and could not be read. It touches no state. */
export interface DeadLetter {
  readonly reason: Note;
  /** What was expected and what was there, for people. */
  readonly detail: string;
  readonly topic: string;
  readonly arrival: number;
  /** The bytes that came, cut to 64 KiB. */
  readonly payload: Uint8Array;
  /** Length before cutting. */
  readonly bytes: number;
}

/** A packet that the broker may deliver again, as it stands in the ledger. */
export interface LedgerEntry {
  readonly packetId: number;
  readonly qos: 1 | 2;
  /** Of topic and payload, an integer; NaN: unknown, it equals none. */
  readonly hash: number;
}

/** Whatever arrived since the last turn, in order: at most a few hundred events. Requests take effect before them. */
export interface Batch {
  readonly events: readonly StreamEvent[];
  readonly requests: readonly Request[];
  readonly deadLetters: readonly DeadLetter[];
  /** Packets that this batch takes in; committed with it. */
  readonly ledger: readonly LedgerEntry[];
  /** What changed a network or a detector within this batch; stages append. */
  readonly log: LogEntry[];
  /** Must be settled exactly once: by the commit, or by whoever drops the batch. */
  readonly delivery: Delivery;
  /** Its outcome is in the store already: it is stepped again, and nothing takes effect that isn't in the log. */
  readonly isCommitted?: boolean;
}
