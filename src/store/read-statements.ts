import type { Database, Statement } from "better-sqlite3";
import type { AlertChange, AlertState, Note } from "../core/index.js";
import type { KeyColumn } from "./key-column.js";
import type { Identity } from "./records.js";

/** A row of `pipelines`; columns of the same meaning in schema.ts. */
export interface PipelineColumns {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string | null;
  readonly numerics: string | null;
  readonly spec: string | null;
  readonly position: number;
  readonly stepped: number;
  readonly origin: number;
  readonly cut: number;
  readonly events: number;
  readonly noted: number;
  readonly outputs: number;
  readonly alerts: number;
  readonly raised: number;
  readonly dead_letters: number;
}

/** The identity in a row, undefined while none is recorded. */
export function identityOf({ fingerprint, numerics, spec }: PipelineColumns): Identity | undefined {
  if (fingerprint === null || numerics === null || spec === null) return undefined;
  return { fingerprint, numerics, spec };
}

export interface SampleColumns {
  readonly position: number;
  readonly key: KeyColumn;
  readonly time: number;
  readonly arrival: number;
  readonly fields: string;
}

export interface OutputRecord {
  readonly position: number;
  readonly key: KeyColumn;
  readonly seq: number;
  readonly time: number;
  readonly value: number | null;
  readonly forecast: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly residual: number | null;
  readonly score: number | null;
  readonly alert: 0 | 1;
  readonly model: string;
  readonly more: string | null;
  readonly next_steps: number | null;
  readonly next_forecast: number | null;
  readonly next_lower: number | null;
  readonly next_upper: number | null;
}

export interface AlertRecord extends AlertChange {
  readonly position: number;
  readonly key: KeyColumn;
  readonly seq: number;
  readonly time: number;
  readonly state: AlertState;
}

export interface DeadLetterRecord {
  readonly id: number;
  readonly reason: Note;
  readonly detail: string;
  readonly topic: string;
  readonly arrival: number;
  readonly payload: Uint8Array;
  readonly bytes: number;
}

export interface PageColumns {
  readonly key: KeyColumn;
  readonly position: number;
  readonly heard: number | null;
  readonly due: number | null;
  readonly body: Uint8Array;
}

export interface LogRecord {
  readonly position: number;
  readonly slot: string;
  readonly kind: string;
  readonly why: string;
  readonly body: Uint8Array;
}

const OUTPUT = `o.position, k.key, o.seq, o.time, o.value, o.forecast, o.lower, o.upper, o.residual, o.score,
  o.alert, o.model, o.more,
  o.next_steps, o.next_forecast, o.next_lower, o.next_upper FROM outputs o JOIN keys k ON k.id = o.key`;

const ALERT = `a.position, k.key, a.seq, a.time, a.state, a.since, a.score, a.value, a.forecast, a.why
  FROM alerts a JOIN keys k ON k.id = a.key`;

/** All that readers ever ask, prepared once per connection. The first parameter is the pipeline's id. */
export interface Reads {
  readonly meta: Statement<[string], string>;
  readonly pipelines: Statement<[], PipelineColumns>;
  readonly pipeline: Statement<[string], PipelineColumns>;
  readonly journal: Statement<[number, number, number], SampleColumns>;
  readonly outputs: Statement<[number, number, number], OutputRecord>;
  readonly lastOutputs: Statement<[{ pipeline: number; key: KeyColumn; count: number }], OutputRecord>;
  readonly outputsBack: Statement<[{ pipeline: number; from: number; count: number }], OutputRecord>;
  readonly alerts: Statement<[number, number, number], AlertRecord>;
  readonly lastAlerts: Statement<[number, number], AlertRecord>;
  readonly deadLetters: Statement<[number, number, number], DeadLetterRecord>;
  readonly log: Statement<[number, number], LogRecord>;
  readonly newestSnapshot: Statement<[number], { id: number; position: number }>;
  readonly oldestSnapshot: Statement<[number], { id: number; position: number }>;
  /** Of each key the newest up to a position. */
  readonly pagesAt: Statement<[{ pipeline: number; position: number }], PageColumns>;
  readonly page: Statement<[{ pipeline: number; key: KeyColumn }], PageColumns>;
  readonly lookThrough: Statement<
    [{ pipeline: number; after: number; until: number; heard: number; due: number; most: number }],
    { id: number; key: KeyColumn; heard: number | null; due: number | null }
  >;
  /** The key whose page is so many pages behind a key's; undefined: there are fewer. */
  readonly keyBehind: Statement<[{ pipeline: number; after: number; count: number }], number>;
  /** Pages up to a position that say no more than how many events a key had, from a place on. */
  readonly gone: Statement<
    [{ pipeline: number; position: number; key: number; until: number; count: number }],
    { id: number; position: number; key: KeyColumn }
  >;
  readonly clearedUpTo: Statement<[number], number>;
  readonly key: Statement<[{ pipeline: number; key: KeyColumn }], { events: number; lastTime: number }>;
  readonly newestTime: Statement<[number], number>;
  /** Blocks, oldest first. */
  readonly ledger: Statement<[number], Uint8Array>;
  readonly cursor: Statement<[number, string], number>;
  readonly keys: Statement<[number], { key: KeyColumn; events: number; lastTime: number }>;
  /** Reads as of one moment. */
  readonly together: <T>(read: () => T) => T;
}

/** Position before a table's first row; the cut if it has none. */
const firstOf = (table: string) =>
  `ifnull((SELECT position - 1 FROM ${table} WHERE pipeline = p.id ORDER BY position LIMIT 1), cut)`;

export function prepareReads(db: Database): Reads {
  return {
    meta: db.prepare<[string], string>("SELECT value FROM meta WHERE name = ?").pluck(),
    pipelines: db.prepare<[], PipelineColumns>("SELECT * FROM pipelines ORDER BY id"),
    pipeline: db.prepare<[string], PipelineColumns>("SELECT * FROM pipelines WHERE name = ?"),
    journal: db.prepare<[number, number, number], SampleColumns>(
      `SELECT s.position, k.key, s.time, s.arrival, s.fields FROM samples s JOIN keys k ON k.id = s.key
       WHERE s.pipeline = ? AND s.position > ? ORDER BY s.position LIMIT ?`,
    ),
    outputs: db.prepare<[number, number, number], OutputRecord>(
      `SELECT ${OUTPUT} WHERE o.pipeline = ? AND o.position > ? ORDER BY o.position LIMIT ?`,
    ),
    lastOutputs: db.prepare<[{ pipeline: number; key: KeyColumn; count: number }], OutputRecord>(
      `WITH RECURSIVE chain (position, back, length) AS (
         SELECT o.position, o.back, 1 FROM keys k
           JOIN outputs o ON o.pipeline = k.pipeline AND o.position = k.last_output
           WHERE k.pipeline = @pipeline AND k.key = @key
         UNION ALL
         SELECT o.position, o.back, length + 1 FROM chain c
           JOIN outputs o ON o.pipeline = @pipeline AND o.position = c.position - c.back
           WHERE length < @count
       )
       SELECT ${OUTPUT} WHERE o.pipeline = @pipeline AND o.position IN (SELECT position FROM chain)
       ORDER BY o.position`,
    ),
    outputsBack: db.prepare<[{ pipeline: number; from: number; count: number }], OutputRecord>(
      `WITH RECURSIVE chain (position, back, length) AS (
         SELECT o.position, o.back, 0 FROM outputs o WHERE o.pipeline = @pipeline AND o.position = @from
         UNION ALL
         SELECT o.position, o.back, length + 1 FROM chain c
           JOIN outputs o ON o.pipeline = @pipeline AND o.position = c.position - c.back
           WHERE length < @count
       )
       SELECT ${OUTPUT} WHERE o.pipeline = @pipeline
         AND o.position IN (SELECT position FROM chain WHERE length > 0) ORDER BY o.position`,
    ),
    alerts: db.prepare<[number, number, number], AlertRecord>(
      `SELECT ${ALERT} WHERE a.pipeline = ? AND a.position > ? ORDER BY a.position LIMIT ?`,
    ),
    lastAlerts: db.prepare<[number, number], AlertRecord>(
      `SELECT ${ALERT} WHERE a.pipeline = ? ORDER BY a.position DESC LIMIT ?`,
    ),
    deadLetters: db.prepare<[number, number, number], DeadLetterRecord>(
      `SELECT id, reason, detail, topic, arrival, payload, bytes FROM dead_letters
       WHERE pipeline = ? AND id > ? ORDER BY id LIMIT ?`,
    ),
    log: db.prepare<[number, number], LogRecord>(
      "SELECT position, slot, kind, why, body FROM log WHERE pipeline = ? AND position > ? ORDER BY position, id",
    ),
    newestSnapshot: db.prepare<[number], { id: number; position: number }>(
      "SELECT id, position FROM snapshots WHERE pipeline = ? AND gone = 0 ORDER BY position DESC LIMIT 1",
    ),
    oldestSnapshot: db.prepare<[number], { id: number; position: number }>(
      "SELECT id, position FROM snapshots WHERE pipeline = ? AND gone = 0 ORDER BY position LIMIT 1",
    ),
    pagesAt: db.prepare<[{ pipeline: number; position: number }], PageColumns>(
      `SELECT k.key, p.position, p.heard, p.due, p.body FROM pages p JOIN keys k ON k.id = p.key
       WHERE p.pipeline = @pipeline AND p.position = (SELECT max(n.position) FROM pages n
         WHERE n.pipeline = @pipeline AND n.key = p.key AND n.position <= @position)
       ORDER BY k.key`,
    ),
    page: db.prepare<[{ pipeline: number; key: KeyColumn }], PageColumns>(
      `SELECT k.key, p.position, p.heard, p.due, p.body FROM keys k JOIN pages p ON p.pipeline = k.pipeline AND p.key = k.id
       WHERE k.pipeline = @pipeline AND k.key = @key ORDER BY p.position DESC LIMIT 1`,
    ),
    lookThrough: db.prepare(
      `SELECT p.key AS id, k.key, p.heard, p.due FROM pages p INDEXED BY pages_heard JOIN keys k ON k.id = p.key
       WHERE p.pipeline = @pipeline AND p.heard IS NOT NULL AND p.key > @after AND p.key <= @until
         AND (p.heard < @heard OR p.due < @due)
         AND NOT EXISTS (SELECT 1 FROM pages n WHERE n.pipeline = p.pipeline AND n.key = p.key AND n.position > p.position)
       ORDER BY p.key LIMIT @most`,
    ),
    keyBehind: db
      .prepare<[{ pipeline: number; after: number; count: number }], number>(
        `SELECT key FROM pages INDEXED BY pages_heard
         WHERE pipeline = @pipeline AND heard IS NOT NULL AND key > @after ORDER BY key LIMIT 1 OFFSET @count - 1`,
      )
      .pluck(),
    gone: db.prepare(
      `SELECT p.key AS id, p.position, k.key FROM pages p INDEXED BY pages_gone JOIN keys k ON k.id = p.key
       WHERE p.pipeline = @pipeline AND p.heard IS NULL AND (p.position, p.key) > (@position, @key)
         AND p.position <= @until ORDER BY p.position, p.key LIMIT @count`,
    ),
    clearedUpTo: db
      .prepare<[number], number>(
        `SELECT min(cut, ${["samples", "outputs", "alerts"].map(firstOf).join(", ")}) FROM pipelines p WHERE id = ?`,
      )
      .pluck(),
    key: db.prepare(
      "SELECT events, last_time AS lastTime FROM keys WHERE pipeline = @pipeline AND key = @key AND events > 0",
    ),
    newestTime: db
      .prepare<[number], number>(
        "SELECT ifnull(max(last_time), 0) FROM keys WHERE pipeline = ? AND events > 0",
      )
      .pluck(),
    ledger: db
      .prepare<[number], Uint8Array>("SELECT entries FROM ledger WHERE pipeline = ? ORDER BY ordinal")
      .pluck(),
    cursor: db
      .prepare<[number, string], number>("SELECT position FROM cursors WHERE pipeline = ? AND name = ?")
      .pluck(),
    keys: db.prepare<[number], { key: KeyColumn; events: number; lastTime: number }>(
      "SELECT key, events, last_time AS lastTime FROM keys WHERE pipeline = ? AND events > 0 ORDER BY key",
    ),
    together: (read) => db.transaction(read)(),
  };
}
