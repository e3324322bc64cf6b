import type { Database } from "better-sqlite3";
import { type DeadLetter, type LogEntry, problem, REQUESTS } from "../core/index.js";
import type { AlertRowColumns, CommitRows, PageRow, SnapshotRow } from "./commit-rows.js";
import { storeProblem } from "./database-file.js";
import { type EventRow, firstPosition as firstOf, visitEvents } from "./event-rows.js";
import { type LedgerBlock, releasedBlock } from "./ledger-block.js";
import { PageWriter } from "./page-writer.js";
import { type PipelineRecord, PipelineRecords } from "./pipeline-records.js";
import { prepareWrites, type Writes } from "./write-statements.js";
import type { Change, CursorPlaces } from "./writer-messages.js";

/** Entries that the ledger keeps: a broker has at most 65,535 packets in flight, in practice a few hundred. */
export const LEDGER_ENTRIES = 4096;
/** Dead letters that are kept, per pipeline. */
export const DEAD_LETTERS = 10_000;

/** Packets after which the ledger lets old ones go. */
const PRUNE_EVERY = 1024;

export type TimedChange = Change & { readonly now: number };

/**
 * Applies changes to the database: all that are waiting in one transaction (group commit), so that they
 * share one fsync. Synchronous; lives in the writer thread.
 *
 * Guarantee: each change is applied as a whole or not at all. Should the shared transaction fail, each
 * change is tried in one of its own, so that a bad row of one pipeline doesn't fail the others. After a
 * pipeline's commit has failed, its later commits fail too until one starts where the failed one did:
 * the journal never has a hole.
 */
export class Writer {
  readonly #db: Database;
  readonly #write: Writes;
  readonly #records: PipelineRecords;
  readonly #pages: PageWriter;
  /** By pipeline: where the oldest failed commit began. */
  readonly #failedAt = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
    this.#write = prepareWrites(db);
    this.#records = new PipelineRecords(db);
    this.#pages = new PageWriter(db);
  }

  /** @returns one outcome per change, in order: undefined, or why it failed */
  apply(changes: readonly TimedChange[]): (Error | undefined)[] {
    if (changes.length === 0) return [];
    try {
      this.#transaction(changes);
      return changes.map(() => undefined);
    } catch (error) {
      if (changes.length > 1) return changes.map((change) => this.apply([change])[0]);
      const [change] = changes;
      if (change?.kind === "commit") this.#rememberFailure(change);
      return [storeProblem(error, change?.kind ?? "write", `pipeline ${JSON.stringify(change?.pipeline)}`)];
    }
  }

  #transaction(changes: readonly TimedChange[]): void {
    const failedAt = new Map(this.#failedAt);
    try {
      this.#db.transaction(() => {
        for (const change of changes) this.#applyOne(change);
        this.#records.flush();
      })();
      this.#records.settle();
    } catch (error) {
      this.#records.forget();
      this.#write.samples.forget();
      this.#write.outputs.forget();
      for (const [pipeline, position] of failedAt) this.#failedAt.set(pipeline, position);
      throw error;
    }
  }

  /**
   * A piece of what can wait, in a transaction of its own: pages of snapshots that are gone.
   *
   * @returns true if there is more
   */
  step(): boolean {
    return this.#pages.step();
  }

  /** Retention may have let snapshots go. */
  wake(): void {
    this.#pages.wake();
  }

  #applyOne(change: TimedChange): void {
    const pipeline = this.#records.pipeline(change.pipeline);
    const { id } = pipeline;
    switch (change.kind) {
      case "commit":
        this.#requireNoHole(change.pipeline, change.rows);
        this.#commit(pipeline, change.rows, change.now);
        this.#advance(id, change.cursors);
        break;
      case "adopt": {
        const { fingerprint, numerics, spec } = change.identity;
        const statement = change.isNew ? this.#write.adoptIfNew : this.#write.adopt;
        statement.run(fingerprint, numerics, spec, id);
        break;
      }
      case "forget-ledger":
        this.#write.prunePackets.run(id, pipeline.packets);
        break;
      case "forget-pages":
        this.#pages.forgetAfter(id, change.position);
        pipeline.pages = 0;
        break;
      case "release":
        this.#packets(pipeline, releasedBlock(change.packetId));
        break;
      case "start-again":
        this.#startAgain(pipeline);
        break;
      case "advance":
        this.#advance(id, change.cursors);
    }
  }

  #advance(pipeline: number, cursors: CursorPlaces): void {
    for (const [cursor, to] of cursors) this.#write.advance.run(pipeline, cursor, to);
  }

  #rememberFailure(change: Extract<Change, { kind: "commit" }>): void {
    const first = firstPosition(change.rows) ?? 0;
    const known = this.#failedAt.get(change.pipeline) ?? Number.POSITIVE_INFINITY;
    // One that repeats what is stored leaves no hole by failing.
    const stepped = this.#write.stepped.get(change.pipeline) ?? 0;
    if (first > stepped && first < known) this.#failedAt.set(change.pipeline, first);
  }

  #requireNoHole(pipeline: string, rows: CommitRows): void {
    const { snapshot } = rows;
    const failedAt = this.#failedAt.get(pipeline);
    if (failedAt === undefined) return;
    const first = firstPosition(rows);
    if (first === undefined ? snapshot === undefined || snapshot.position < failedAt : first <= failedAt) {
      if (first !== undefined) this.#failedAt.delete(pipeline);
      return;
    }
    throw problem(Error, {
      code: "COMMIT_AFTER_FAILURE",
      action: "commit to pipeline",
      on: JSON.stringify(pipeline),
      expected: `the events from position ${failedAt}, whose commit failed, to be committed first`,
      found: `position ${first ?? snapshot?.position}`,
    });
  }

  #commit(pipeline: PipelineRecord, rows: CommitRows, now: number): void {
    let arrival = now;
    for (const key of rows.forgotten) {
      const id = this.#records.forgetKey(pipeline, key);
      if (id !== undefined) this.#pages.forgetKey(pipeline.id, id);
    }
    visitEvents(rows.events, (row) => {
      this.#event(pipeline, row);
      arrival = row.arrival;
    });
    this.#write.samples.flush();
    this.#write.outputs.flush();
    for (const row of rows.alerts) this.#alert(pipeline, row);
    for (const letter of rows.deadLetters) this.#deadLetter(pipeline, letter);
    for (const entry of rows.log) this.#log(pipeline, entry);
    this.#packets(pipeline, rows.ledger);
    for (const page of rows.pages) this.#page(pipeline, page, rows.begun);
    if (rows.snapshot) this.#snapshot(pipeline, rows.snapshot, arrival);
  }

  #event(pipeline: PipelineRecord, row: EventRow): void {
    const { position, key, seq, time, arrival, note, fields, output } = row;
    if (!(position > pipeline.stepped)) {
      throw problem(RangeError, {
        code: "POSITION_NOT_INCREASING",
        action: "commit an event of key",
        on: JSON.stringify(key),
        expected: `a position after ${pipeline.stepped}`,
        found: String(position),
      });
    }
    const record = this.#records.key(pipeline, key);
    if (position > pipeline.position) {
      this.#write.samples.add(pipeline.id, position, record.id, time, arrival, note, fields);
      pipeline.position = position;
      pipeline.events++;
    } else {
      // Stepped again after `startAgain`: the sample is in the journal, only its note may be another.
      this.#write.note.run(note, pipeline.id, position);
    }
    pipeline.stepped = position;
    if (note === null) {
      record.events = seq;
      record.lastTime = time;
    } else {
      pipeline.noted++;
    }
    if (output === undefined) return;
    const back = record.lastOutput === null ? null : position - record.lastOutput;
    this.#write.outputs.add(pipeline.id, position, record.id, back, seq, time, ...output);
    record.lastOutput = position;
    pipeline.outputs++;
  }

  #log(pipeline: PipelineRecord, { position, slot, kind, why, body }: LogEntry): void {
    this.#write.log.run(pipeline.id, position, slot, kind, why, body);
    // A request has a place of its own, where others share that of the event before which they took effect.
    if (slot === REQUESTS) pipeline.position = Math.max(pipeline.position, position);
    if (slot === REQUESTS) pipeline.stepped = Math.max(pipeline.stepped, position);
  }

  #alert(pipeline: PipelineRecord, [position, key, ...columns]: AlertRowColumns): void {
    const record = this.#records.key(pipeline, key);
    this.#write.alert.run(pipeline.id, position, record.id, ...columns);
    pipeline.alerts++;
    if (columns[2] === "raised") pipeline.raised++;
  }

  #deadLetter(pipeline: PipelineRecord, letter: DeadLetter): void {
    const { reason, detail, topic, arrival, payload, bytes } = letter;
    const number = ++pipeline.deadLetters;
    this.#write.deadLetter.run(pipeline.id, number, reason, detail, topic, arrival, payload, bytes);
    this.#write.pruneDeadLetters.run(pipeline.id, number - DEAD_LETTERS);
  }

  #packets(pipeline: PipelineRecord, { count, bytes }: LedgerBlock): void {
    if (count === 0) return;
    const before = pipeline.packets;
    pipeline.packets += count;
    this.#write.packets.run(pipeline.id, pipeline.packets, bytes);
    // Now and then: it touches another page than what was written.
    if (Math.floor(pipeline.packets / PRUNE_EVERY) > Math.floor(before / PRUNE_EVERY))
      this.#write.prunePackets.run(pipeline.id, pipeline.packets - LEDGER_ENTRIES);
  }

  #page(pipeline: PipelineRecord, page: PageRow, begun: number | undefined): void {
    const [key, position] = page;
    this.#requireStepped(pipeline, position, `page of key ${JSON.stringify(key)}`);
    this.#pages.write(pipeline.id, page, this.#records.key(pipeline, key).id, begun);
    pipeline.pages++;
  }

  /** One whose pages are not all here is none: a commit with some of them has failed, and is tried again after it. */
  #snapshot(pipeline: PipelineRecord, row: SnapshotRow, arrival: number): void {
    this.#requireStepped(pipeline, row.position, "snapshot");
    if (row.pages === undefined || row.pages === pipeline.pages)
      this.#pages.snapshot(pipeline.id, row, arrival);
  }

  #requireStepped(pipeline: PipelineRecord, position: number, what: string): void {
    if (position <= pipeline.position) return;
    throw problem(RangeError, {
      code: "SNAPSHOT_AHEAD",
      action: `store a ${what} at position`,
      on: String(position),
      expected: `a position up to ${pipeline.position}, where the journal ends`,
      found: String(position),
    });
  }

  #startAgain(pipeline: PipelineRecord): void {
    for (const statement of this.#write.startAgain) statement.run(pipeline.id);
    this.#pages.forgetAfter(pipeline.id, -1);
    pipeline.stepped = 0;
    pipeline.noted = 0;
    pipeline.outputs = 0;
    pipeline.alerts = 0;
    pipeline.raised = 0;
    for (const key of pipeline.keys.values()) key.lastOutput = null;
  }
}

/** Where a commit begins in the log; undefined if it takes up no place there. */
function firstPosition({ events, log }: CommitRows): number | undefined {
  return log.find(({ slot }) => slot === REQUESTS)?.position ?? firstOf(events);
}
