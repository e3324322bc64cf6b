import type { DeadLetter, LedgerEntry, LogEntry } from "../core/index.js";
import { type OutputColumns, outputToColumns } from "./output-columns.js";
import type { AlertRow, Commit, Snapshot } from "./records.js";
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

/** A snapshot whose bodies lie in one buffer, so that thousands of them cross to the thread at once. */
export interface SnapshotRows {
  readonly position: number;
  readonly entries: readonly (readonly [slot: string, version: number, key: string, bytes: number])[];
  readonly bodies: Uint8Array<ArrayBuffer>;
}

/** A commit as it crosses to the writer thread: flat rows of numbers and text, cheap to clone and bind. */
export interface CommitRows {
  readonly samples: readonly SampleRow[];
  readonly outputs: readonly OutputRowColumns[];
  readonly alerts: readonly AlertRowColumns[];
  readonly deadLetters: readonly DeadLetter[];
  readonly log: readonly LogEntry[];
  readonly ledger: readonly LedgerEntry[];
  readonly snapshot: SnapshotRows | undefined;
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
    snapshot: commit.snapshot && snapshotRows(commit.snapshot),
  };
}

function alertRow({ position, key, seq, time, change }: AlertRow): AlertRowColumns {
  const { state, since, score, value, forecast, why } = change;
  return [position, key, seq, time, state, since, score, value, forecast, why];
}

function snapshotRows({ position, entries }: Snapshot): SnapshotRows {
  const bodies = new Uint8Array(entries.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of entries) {
    bodies.set(bytes, at);
    at += bytes.length;
  }
  return {
    position,
    entries: entries.map(({ slot, version, key, bytes }) => [slot, version, key, bytes.length]),
    bodies,
  };
}
