import type { AlertChange, LedgerEntry, LogEntry } from "../core/index.js";
import { keyFromColumn, keyToColumn } from "./key-column.js";
import { entriesOfBlocks } from "./ledger-block.js";
import { outputFromColumns } from "./output-columns.js";
import { entriesOf } from "./page-body.js";
import {
  type AlertRecord,
  identityOf,
  type OutputRecord,
  type PageColumns,
  type PipelineColumns,
  type Reads,
} from "./read-statements.js";
import type {
  AlertRow,
  Cursor,
  DeadLetterRow,
  FoundKey,
  Identity,
  JournalRow,
  OutputRow,
  Page,
  Snapshot,
} from "./records.js";
import { fieldsFromText } from "./sample-fields.js";
import { LEDGER_ENTRIES } from "./writer.js";

/** What was ever stored of a pipeline, whether retention has taken it since or not. */
export interface Counts {
  /** Journalled samples. */
  readonly events: number;
  /** Those that were not stepped. */
  readonly noted: number;
  readonly outputs: number;
  /** Changes of alerts: raised, updated, cleared. */
  readonly alerts: number;
  readonly raised: number;
  readonly deadLetters: number;
}

export interface KeySummary {
  readonly key: string;
  /** The newest `seq`: accepted events, counted on from those of keys that were forgotten before it began. */
  readonly events: number;
  /** Event time of the newest, ms. */
  readonly lastTime: number;
}

/** Where a look for keys that are gone has ended. */
export interface GonePlace {
  readonly position: number;
  /** The key's number in the database: no more than a place to go on from. */
  readonly key: number;
}

/**
 * Reads one pipeline's rows, as of the last commit. Every method may be called at any time, also before
 * the pipeline has written anything.
 */
export class PipelineReader {
  readonly name: string;
  /** What wrote this pipeline's rows, as of the opening; undefined if nothing has. */
  readonly recorded: Identity | undefined;
  readonly #reads: Reads;
  /** The pipeline's number, once it has one. */
  #known = 0;

  constructor(name: string, reads: Reads) {
    this.name = name;
    this.#reads = reads;
    const row = this.#row();
    this.recorded = row && identityOf(row);
  }

  /** Of the data directory: 12 hex digits. */
  get instanceId(): string {
    return this.#reads.meta.get("instance") ?? "";
  }

  #row(): PipelineColumns | undefined {
    return this.#reads.pipeline.get(this.name);
  }

  /** 0, which no pipeline has, before the first write. */
  #id(): number {
    if (this.#known === 0) this.#known = this.#row()?.id ?? 0;
    return this.#known;
  }

  /** Position of the newest journalled sample, 0 if there is none: the stream goes on after it. */
  lastPosition(): number {
    return this.#row()?.position ?? 0;
  }

  /**
   * Position of the newest sample whose outcome was committed. Behind `lastPosition` only after
   * `startAgain`: what lies between is to be stepped again and may be committed again.
   */
  steppedPosition(): number {
    return this.#row()?.stepped ?? 0;
  }

  /** The state to start from. The empty one, where the journal begins, if no snapshot is stored. */
  newestSnapshot(): Snapshot | undefined {
    return this.#reads.together(() => {
      const stored = this.#reads.newestSnapshot.get(this.#id());
      return stored ? this.#snapshot(stored) : this.#emptyState();
    });
  }

  /** The state from which all of the journal can be stepped again: the empty one, or where retention has cut. */
  oldestSnapshot(): Snapshot | undefined {
    return this.#reads.together(() => {
      const empty = this.#emptyState();
      if (empty) return empty;
      const stored = this.#reads.oldestSnapshot.get(this.#id());
      return stored && this.#snapshot(stored);
    });
  }

  #emptyState(): Snapshot | undefined {
    const { origin, cut } = this.#row() ?? { origin: 0, cut: 0 };
    return origin === cut ? { position: origin, entries: [] } : undefined;
  }

  #snapshot({ position }: { position: number }): Snapshot {
    const pages = this.#reads.pagesAt.all({ pipeline: this.#id(), position });
    return { position, entries: pages.flatMap((page) => pageOf(page).entries) };
  }

  /** Where the state to start from stands: that of `newestSnapshot`, of which nothing is read. */
  newestSnapshotPosition(): number {
    return this.#reads.newestSnapshot.get(this.#id())?.position ?? this.#row()?.origin ?? 0;
  }

  /** The newest that is stored of a key (of what belongs to none, under ""); undefined: nothing is. */
  page(key: string): Page | undefined {
    const columns = this.#reads.page.get({ pipeline: this.#id(), key: keyToColumn(key) });
    return columns && pageOf(columns);
  }

  /**
   * Looks through a part of all keys' newest pages for those heard of before an event time, and those whose silence
   * is due before an arrival.
   *
   * @param after where the last look ended; 0 at first, and again after the last
   * @param count pages that are looked at
   * @param most  keys that are found
   */
  lookThrough(
    after: number,
    bounds: { readonly heard: number; readonly due: number; readonly count: number; readonly most: number },
  ): { readonly found: FoundKey[]; readonly at: number } {
    const { heard, due, count, most } = bounds;
    const pipeline = this.#id();
    const until = this.#reads.keyBehind.get({ pipeline, after, count });
    const last = until ?? Number.MAX_SAFE_INTEGER;
    const rows = this.#reads.lookThrough.all({ pipeline, after, until: last, heard, due, most });
    const found = rows.map(({ key, heard, due }) => ({ key: keyFromColumn(key), heard, due }));
    return { found, at: rows.length < most ? (until ?? 0) : (rows.at(-1)?.id ?? 0) };
  }

  /** Up to here retention has taken all: no sample, no output and no alert is left, and no older snapshot. */
  clearedUpTo(): number {
    return this.#reads.clearedUpTo.get(this.#id()) ?? 0;
  }

  /**
   * Looks through a part of the keys whose pages say no more than how many events they had and are no newer than what
   * retention has taken (`clearedUpTo`). Some of them may have a newer page.
   *
   * @param after where the last look ended; undefined at first, and again after the last
   * @param count pages that are looked at
   */
  lookForGone(after: GonePlace | undefined, count: number): { found: string[]; at: GonePlace | undefined } {
    const pipeline = this.#id();
    const from = after ?? { position: -1, key: 0 };
    const rows = this.#reads.gone.all({ pipeline, ...from, until: this.clearedUpTo(), count });
    const last = rows.at(-1);
    return {
      found: rows.map(({ key }) => keyFromColumn(key)).filter((key) => key !== ""),
      at: last && rows.length === count ? { position: last.position, key: last.id } : undefined,
    };
  }

  /** A key that had an accepted event; undefined: there is none of this name. */
  key(key: string): KeySummary | undefined {
    const row = this.#reads.key.get({ pipeline: this.#id(), key: keyToColumn(key) });
    return row && { key, ...row };
  }

  /** Event time of the newest accepted events, ms; 0 before the first. */
  newestTime(): number {
    return this.#reads.newestTime.get(this.#id()) ?? 0;
  }

  /** Samples after a position, in order, those that were not stepped included; at most `limit`. */
  journal(after: number, limit: number): JournalRow[] {
    const { id, cut } = this.#row() ?? { id: 0, cut: 0 };
    // Retention takes rows before the cut little by little: what is left of them is no journal.
    return this.#reads.journal
      .all(id, Math.max(after, cut), limit)
      .map(({ position, key, time, arrival, fields }) => ({
        position,
        sample: { key: keyFromColumn(key), time, arrival, values: fieldsFromText(fields) },
      }));
  }

  /** Changes that take effect after a position; by position, then as they were committed. */
  logEntries(after: number): LogEntry[] {
    return this.#reads.log
      .all(this.#id(), after)
      .map((entry) => ({ ...entry, body: plainBytes(entry.body) }));
  }

  outputs(after: number, limit: number): OutputRow[] {
    return this.#reads.outputs.all(this.#id(), after, limit).map(outputRow);
  }

  /** The newest outputs of a key, newest last. */
  lastOutputs(key: string, count: number): OutputRow[] {
    return this.#reads.lastOutputs
      .all({ pipeline: this.#id(), key: keyToColumn(key), count })
      .map(outputRow)
      .slice(-count || Number.POSITIVE_INFINITY);
  }

  /** Outputs of the key whose output stands at a position, right before it, oldest first; empty if none stands there. */
  outputsBefore(from: number, count: number): OutputRow[] {
    return this.#reads.outputsBack.all({ pipeline: this.#id(), from, count }).map(outputRow);
  }

  alerts(after: number, limit: number): AlertRow[] {
    return this.#reads.alerts.all(this.#id(), after, limit).map(alertRow);
  }

  /** The newest changes of alerts, newest last. */
  lastAlerts(count: number): AlertRow[] {
    return this.#reads.lastAlerts.all(this.#id(), count).map(alertRow).reverse();
  }

  /** Their ids count a pipeline's dead letters from 1. */
  deadLetters(afterId: number, limit: number): DeadLetterRow[] {
    return this.#reads.deadLetters
      .all(this.#id(), afterId, limit)
      .map((letter) => ({ ...letter, payload: plainBytes(letter.payload) }));
  }

  /** Packets in the order of their commits, the newest 4,096; each packet id once, as it was last. */
  ledger(): LedgerEntry[] {
    return entriesOfBlocks(this.#reads.ledger.all(this.#id()), LEDGER_ENTRIES);
  }

  /** Up to where a stream has been published; 0 at first. */
  cursor(which: Cursor): number {
    return this.#reads.cursor.get(this.#id(), which) ?? 0;
  }

  /** Keys that had an accepted event, in the order of their bytes. */
  keys(): KeySummary[] {
    return this.#reads.keys.all(this.#id()).map((row) => ({ ...row, key: keyFromColumn(row.key) }));
  }

  counts(): Counts {
    const row = this.#row();
    return {
      events: row?.events ?? 0,
      noted: row?.noted ?? 0,
      outputs: row?.outputs ?? 0,
      alerts: row?.alerts ?? 0,
      raised: row?.raised ?? 0,
      deadLetters: row?.dead_letters ?? 0,
    };
  }
}

function pageOf({ key: column, position, heard, due, body }: PageColumns): Page {
  const key = keyFromColumn(column);
  return { key, position, heard, due, entries: entriesOf(key, plainBytes(body)) };
}

/** SQLite's bytes come as a Buffer, whose `slice` shares memory where a Uint8Array's copies. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function outputRow(record: OutputRecord): OutputRow {
  const { position, key, seq, time, value, forecast, lower, upper, residual, score, alert, model, more } =
    record;
  const { next_steps, next_forecast, next_lower, next_upper } = record;
  const prediction = outputFromColumns([
    ...([value, forecast, lower, upper, residual, score, alert, model, more] as const),
    ...([next_steps, next_forecast, next_lower, next_upper] as const),
  ]);
  return { position, key: keyFromColumn(key), seq, time, prediction };
}

function alertRow(record: AlertRecord): AlertRow {
  const { position, key, seq, time, state, since, score, value, forecast, why } = record;
  const change: AlertChange = { state, since, score, value, forecast, why };
  return { position, key: keyFromColumn(key), seq, time, change };
}
