import type {
  AlertChange,
  DeadLetter,
  LedgerEntry,
  LogEntry,
  Note,
  Prediction,
  Sample,
} from "../core/index.js";

/** A journalled sample: what the network was given, in order. Stepping the journal again gives every state. */
export interface JournalRow {
  readonly position: number;
  readonly sample: Sample;
}

/** What came out for one stepped event. */
export interface OutputRow {
  readonly position: number;
  readonly key: string;
  readonly seq: number;
  readonly time: number;
  readonly prediction: Prediction;
}

export interface AlertRow {
  readonly position: number;
  readonly key: string;
  readonly seq: number;
  readonly time: number;
  readonly change: AlertChange;
}

export interface DeadLetterRow extends DeadLetter {
  readonly id: number;
}

/** One entry of a state slot within a snapshot. */
export interface SlotEntry {
  readonly slot: string;
  readonly version: number;
  readonly key: string;
  readonly bytes: Uint8Array;
}

/**
 * All that is remembered of one key (of what belongs to none, under the key ""), as it stood after the event at
 * `position`, and still stands while no newer page of it does.
 */
export interface Page {
  readonly key: string;
  readonly position: number;
  /** Event time of the key's newest event, ms; null: nothing is left but the count of its events. */
  readonly heard: number | null;
  /** From when on its silence is worth an alert, by the clock that stamps arrivals, ms; null: never. */
  readonly due: number | null;
  readonly entries: readonly SlotEntry[];
}

/** A key that a look through the stored pages has found. */
export interface FoundKey {
  readonly key: string;
  readonly heard: number | null;
  readonly due: number | null;
}

/** All that the stages remembered after the event at `position` (0: before the first). */
export interface Snapshot {
  readonly position: number;
  readonly entries: readonly SlotEntry[];
}

/** An event as the store takes it. `note` is non-empty when it was not stepped; then there is no output. */
export interface CommitEvent {
  readonly position: number;
  readonly seq: number;
  readonly note: Note | "";
  readonly sample: Sample;
  readonly prediction: Prediction | undefined;
  readonly change: AlertChange | undefined;
}

/** What one transaction takes in, all or nothing. */
export interface Commit {
  readonly events: readonly CommitEvent[];
  /** Keys of which nothing stays, not even a row that counts their events; events of this commit come after that. */
  readonly forgotten?: readonly string[];
  /** Changes of alerts that came without an event. */
  readonly alerts?: readonly AlertRow[];
  readonly deadLetters: readonly DeadLetter[];
  readonly log: readonly LogEntry[];
  readonly ledger: readonly LedgerEntry[];
  /** What is remembered of some keys. Pages belong to a snapshot that comes later, or to none yet. */
  readonly pages?: readonly Page[];
  /** With its own entries and the pages before it, all that is remembered. */
  readonly snapshot?: Snapshot & {
    /** How many pages this process has committed by then: where some are missing, it doesn't count. Absent: not looked at. */
    readonly pages?: number;
  };
  /** Position of the snapshot whose pages are under way: those up to it stay. */
  readonly begun?: number | undefined;
}

/** Streams that are published from the store by cursor. */
export type Cursor = "prediction" | "alert" | "dead-letter";

/** What wrote a pipeline's rows: compared on start, so that a change is noticed. */
export interface Identity {
  /** Hash of all that decides results: input, features, model (and its file), detection. */
  readonly fingerprint: string;
  /** Version of the arithmetic. */
  readonly numerics: string;
  /** The pipeline, normalized, as JSON: to say what changed. */
  readonly spec: string;
}

/** What a power cut, a crash of the process, and nothing at all may lose of what was acknowledged: nothing; nothing; see docs. */
export type Durability = "power-loss" | "crash" | "none";

export interface Retention {
  /** Outputs and journal older than this (event arrival, ms) may go, up to the oldest snapshot needed. */
  readonly ageMs?: number;
  /** Size of the database file to stay under. */
  readonly bytes?: number;
}
