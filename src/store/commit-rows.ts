import type { DeadLetter, LogEntry } from "../core/index.js";
import { type EventRows, packEvents } from "./event-rows.js";
import { type LedgerBlock, ledgerBlock } from "./ledger-block.js";
import { pageBody } from "./page-body.js";
import type { AlertRow, Commit, Page, SlotEntry, Snapshot } from "./records.js";
import { SpareBlocks } from "./spare-blocks.js";

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
  body: Uint8Array<ArrayBuffer>,
];

export interface SnapshotRow {
  readonly position: number;
  /** How many pages must have been written before it; undefined: not looked at. */
  readonly pages: number | undefined;
}

/** A commit as it crosses to the writer thread: flat rows of numbers and text, cheap to clone and bind. */
export interface CommitRows {
  readonly events: EventRows;
  readonly forgotten: readonly string[];
  readonly alerts: readonly AlertRowColumns[];
  readonly deadLetters: readonly DeadLetter[];
  readonly log: readonly LogEntry[];
  readonly ledger: LedgerBlock;
  readonly pages: readonly PageRow[];
  readonly snapshot: SnapshotRow | undefined;
  readonly begun: number | undefined;
}

/** Copies everything it needs: the caller may go on changing what it gave. */
export function commitRows(commit: Commit, spare = new SpareBlocks()): CommitRows {
  const alerts: AlertRowColumns[] = (commit.alerts ?? []).map(alertRow);
  for (const { position, seq, sample, change } of commit.events) {
    if (change) alerts.push(alertRow({ position, key: sample.key, seq, time: sample.time, change }));
  }
  return {
    events: packEvents(commit.events, spare),
    forgotten: commit.forgotten ?? [],
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
    ledger: ledgerBlock(commit.ledger),
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
