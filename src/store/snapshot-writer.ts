import type { Database } from "better-sqlite3";
import type { SnapshotRows } from "./commit-rows.js";
import { keyToColumn } from "./key-column.js";
import { snapshotsToKeep } from "./retention.js";

/** Bytes of states that are written, or deleted, in one transaction: so long a commit may have to wait. */
const PIECE_BYTES = 512 * 1024;

interface Pending {
  readonly pipeline: number;
  readonly arrival: number;
  readonly rows: SnapshotRows;
  /** Of its row in `snapshots`, which comes last. */
  readonly id: number;
  /** Entries and bytes that are written. */
  entries: number;
  bytes: number;
}

/**
 * Writes snapshots beside the commits: a small one in its commit's own transaction, a large one piece by piece in
 * transactions between commits. It counts once its last piece is written: states without a row in `snapshots`
 * belong to nothing (a crash came in between, or retention has let their snapshot go) and are deleted in pieces too.
 *
 * Of one pipeline at most two wait: the one being written, and the newest.
 */
export class SnapshotWriter {
  readonly #db: Database;
  readonly #sql: ReturnType<typeof prepare>;
  #pending: Pending[] = [];
  #hasOrphans = true;

  constructor(db: Database) {
    this.#db = db;
    this.#sql = prepare(db);
  }

  /**
   * Inside the commit's transaction.
   *
   * @returns whether it is written; else `begin` it once the transaction holds
   */
  writeSmall(pipeline: number, rows: SnapshotRows, arrival: number): boolean {
    if (rows.bodies.length > PIECE_BYTES) return false;
    const one = this.#pendingOf(pipeline, rows, arrival);
    this.#write(one, Number.POSITIVE_INFINITY);
    return true;
  }

  /** Takes a large one in: `step` writes it. */
  begin(pipeline: number, rows: SnapshotRows, arrival: number): void {
    const waits = (one: Pending) => one.pipeline === pipeline && one.entries === 0;
    this.#pending = this.#pending.filter((one) => !waits(one));
    this.#pending.push(this.#pendingOf(pipeline, rows, arrival));
  }

  #pendingOf(pipeline: number, rows: SnapshotRows, arrival: number): Pending {
    const highest = Math.max(this.#sql.highest.get() ?? 0, ...this.#pending.map(({ id }) => id));
    return { pipeline, arrival, rows, id: highest + 1, entries: 0, bytes: 0 };
  }

  /** The pipeline starts again: what is being written is of no use. */
  forget(pipeline: number): void {
    this.#pending = this.#pending.filter((one) => one.pipeline !== pipeline);
    this.#hasOrphans = true;
  }

  /**
   * One piece, in a transaction of its own.
   *
   * @returns true if there is more to do
   * @throws what SQLite says; the snapshot is given up then
   */
  step(): boolean {
    const [one] = this.#pending;
    if (one === undefined) {
      if (!this.#hasOrphans) return false;
      // A disk that fails is not asked again before there is something new.
      this.#hasOrphans = false;
      this.#hasOrphans = this.#deleteOrphans();
      return this.#hasOrphans;
    }
    try {
      const isWritten = this.#db.transaction(() => this.#write(one, PIECE_BYTES))();
      if (isWritten) this.#pending.shift();
    } catch (error) {
      this.forget(one.pipeline);
      throw error;
    }
    return true;
  }

  /** All that waits, before the database is closed. */
  finish(): void {
    while (this.#pending.length > 0) this.step();
  }

  /** @returns whether that was the last of it */
  #write(one: Pending, most: number): boolean {
    const { rows, id, pipeline, arrival } = one;
    let { entries, bytes } = one;
    for (const end = bytes + most; entries < rows.entries.length && bytes < end; entries++) {
      const [slot, version, key, length] = rows.entries[entries]!;
      this.#sql.state.run(id, slot, version, keyToColumn(key), rows.bodies.subarray(bytes, bytes + length));
      bytes += length;
    }
    if (entries === rows.entries.length) {
      this.#drop(pipeline, rows.position);
      this.#sql.snapshot.run(id, pipeline, rows.position, arrival);
      this.#dropOlder(pipeline);
    }
    // Only what a transaction holds has been written: one that fails throws before this.
    Object.assign(one, { entries, bytes });
    return entries === rows.entries.length;
  }

  #dropOlder(pipeline: number): void {
    const stored = this.#sql.positions.all(pipeline);
    const kept = new Set(snapshotsToKeep(stored, this.#sql.cut.get(pipeline) ?? 0));
    for (const position of stored) if (!kept.has(position)) this.#drop(pipeline, position);
  }

  /** Its states go piece by piece. */
  #drop(pipeline: number, position: number): void {
    if (this.#sql.dropSnapshot.run(pipeline, position).changes > 0) this.#hasOrphans = true;
  }

  /** @returns true if there may be more */
  #deleteOrphans(): boolean {
    const orphan = this.#sql.orphan.get();
    if (orphan === undefined) return false;
    this.#db.transaction(() => {
      let bytes = 0;
      for (const { id, length } of this.#sql.statesOf.all(orphan)) {
        this.#sql.dropState.run(id);
        bytes += length;
        if (bytes >= PIECE_BYTES) break;
      }
    })();
    return true;
  }
}

function prepare(db: Database) {
  return {
    state: db.prepare("INSERT INTO states (snapshot, slot, version, key, body) VALUES (?, ?, ?, ?, ?)"),
    snapshot: db.prepare("INSERT INTO snapshots (id, pipeline, position, arrival) VALUES (?, ?, ?, ?)"),
    dropSnapshot: db.prepare("DELETE FROM snapshots WHERE pipeline = ? AND position = ?"),
    dropState: db.prepare("DELETE FROM states WHERE id = ?"),
    highest: db
      .prepare<[], number>(
        "SELECT max(ifnull((SELECT max(id) FROM snapshots), 0), ifnull((SELECT max(snapshot) FROM states), 0))",
      )
      .pluck(),
    positions: db
      .prepare<[number], number>("SELECT position FROM snapshots WHERE pipeline = ? ORDER BY position")
      .pluck(),
    cut: db.prepare<[number], number>("SELECT cut FROM pipelines WHERE id = ?").pluck(),
    /** Index alone: the newest of few distinct snapshots. */
    orphan: db
      .prepare<[], number>(
        `WITH RECURSIVE known(snapshot) AS (
           SELECT min(snapshot) FROM states
           UNION ALL
           SELECT (SELECT min(snapshot) FROM states WHERE snapshot > known.snapshot)
           FROM known WHERE known.snapshot IS NOT NULL)
         SELECT snapshot FROM known
         WHERE snapshot IS NOT NULL AND snapshot NOT IN (SELECT id FROM snapshots) LIMIT 1`,
      )
      .pluck(),
    statesOf: db.prepare<[number], { id: number; length: number }>(
      "SELECT id, length(body) AS length FROM states WHERE snapshot = ? ORDER BY id LIMIT 4096",
    ),
  };
}
