import type { DeadLetter, LedgerEntry, LogEntry } from "../core/index.js";
import { type OutputColumns, outputToColumns } from "./output-columns.js";
import { pageBody } from "./page-body.js";
import type { AlertRow, Commit, Page, SlotEntry, Snapshot } from "./records.js";
import { fieldsToText } from "./sample-fields.js";

export type SampleRow = readonly [
  position: number,
  key: string,
  seq: number,
  time: number,
  arrival: number,
  note: string | null,
  fields: string,
];
export type OutputRowColumns = readonly [
  position: number,
  key: string,
  seq: number,
  time: number,
  columns: OutputColumns,
];
export type AlertRowColumns = readonly [
  position: number,
  key: string,
  seq: number,
  time: number,
  state: string,
  since: number,
  score: number,
  value: number,
  forecast: number | null,
  why: string,
];

/** A page of a key's states. */
export type PageRow = readonly [
  key: string,
  position: number,
  heard: number | null,
  due: number | null,
  body: Uint8Array,
];

export interface SnapshotRow {
  readonly position: number;
  /** How many pages must have been written before it; undefined: not looked at. */
  readonly pages: number | undefined;
}

/** A commit as it crosses to the writer thread: flat rows of numbers and text, cheap to clone and bind. */
export interface CommitRows {
  readonly samples: readonly SampleRow[];
  readonly outputs: readonly OutputRowColumns[];
  readonly alerts: readonly AlertRowColumns[];
  readonly deadLetters: readonly DeadLetter[];
  readonly log: readonly LogEntry[];
  readonly ledger: readonly LedgerEntry[];
  readonly pages: readonly PageRow[];
  readonly snapshot: SnapshotRow | undefined;
  readonly begun: number | undefined;
}

/** Copies everything it needs: the caller may go on changing what it gave. */
export function commitRows(commit: Commit): CommitRows {
  const samples: SampleRow[] = [];
  const outputs: OutputRowColumns[] = [];
  const alerts: AlertRowColumns[] = (commit.alerts ?? []).map(alertRow);
  for (const event of commit.events) {
    const { position, seq, note, sample, prediction, change } = event;
    const { key, time } = sample;
    samples.push([
      position,
      key,
      seq,
      time,
      sample.arrival,
      note === "" ? null : note,
      fieldsToText(sample.values),
    ]);
    if (prediction) outputs.push([position, key, seq, time, outputToColumns(prediction)]);
    if (change) alerts.push(alertRow({ position, key, seq, time, change }));
  }
  return {
    samples,
    outputs,
    alerts,
    // A copy of just the bytes: cloning a view would clone the whole buffer it looks into.
    deadLetters: commit.deadLetters.map((letter) => ({ ...letter, payload: new Uint8Array(letter.payload) })),
    log: commit.log.map(({ position, slot, kind, why, body }) => ({
      position,
      slot,
      kind,
      why,
      body: new Uint8Array(body),
    })),
    ledger: commit.ledger.map(({ packetId, hash }) => ({ packetId, hash })),
    pages: [...(commit.pages ?? []), ...(commit.snapshot ? pagesOf(commit.snapshot) : [])].map(pageRow),
    snapshot: commit.snapshot && { position: commit.snapshot.position, pages: commit.snapshot.pages },
    begun: commit.begun,
  };
}

function alertRow({ position, key, seq, time, change }: AlertRow): AlertRowColumns {
  const { state, since, score, value, forecast, why } = change;
  return [position, key, seq, time, state, since, score, value, forecast, why];
}

function pageRow({ key, position, heard, due, entries }: Page): PageRow {
  return [key, position, heard, due, pageBody(entries)];
}

/** A snapshot's own entries, key by key. */
function pagesOf({ position, entries }: Snapshot): Page[] {
  const keys = new Map<string, SlotEntry[]>();
  for (const entry of entries) {
    const own = keys.get(entry.key);
    if (own) own.push(entry);
    else keys.set(entry.key, [entry]);
  }
  return [...keys].map(([key, own]) => ({ key, position, heard: null, due: null, entries: own }));
}
