import type { Database } from "better-sqlite3";
import type { PageRow, SnapshotRow } from "./commit-rows.js";
import { snapshotsToKeep } from "./retention.js";

/** Bytes of pages that are deleted in one transaction, and pages that are looked at: so long a commit may have to wait. */
const PIECE_BYTES = 512 * 1024;
const PIECE_PAGES = 1024;

/** A snapshot that retention has let go, and how far its pages have been looked at. */
interface Sweep {
  readonly id: number;
  readonly pipeline: number;
  readonly position: number;
  at: { position: number; id: number };
}

/**
 * Writes pages and snapshots, inside the commits' transactions. A snapshot at a position is the newest page of every
 * key up to it, so that a key that has not changed needs no new one. A page stays while it is a key's newest or that
 * of a snapshot; those of snapshots that are let go are deleted in pieces between commits.
 */
export class PageWriter {
  readonly #sql: ReturnType<typeof prepare>;
  readonly #db: Database;
  #sweep: Sweep | undefined;
  #isResting = false;

  constructor(db: Database) {
    this.#db = db;
    this.#sql = prepare(db);
  }

  /**
   * @param keyId of the page's key
   * @param begun position of the snapshot whose pages are under way
   */
  write(pipeline: number, [, position, heard, due, body]: PageRow, keyId: number, begun = -1): void {
    const before = this.#sql.before.get(pipeline, keyId, position);
    if (before !== undefined) {
      const stored = this.#sql.snapshotBefore.get(pipeline, position) ?? -1;
      const newest = begun < position ? Math.max(stored, begun) : stored;
      // No snapshot has seen it, and none will.
      if (before.position > newest) this.#sql.drop.run(before.id);
    }
    this.#sql.page.run(pipeline, keyId, position, heard, due, body);
  }

  snapshot(pipeline: number, { position }: SnapshotRow, arrival: number): void {
    this.#sql.snapshot.run(pipeline, position, arrival);
    const stored = this.#sql.positions.all(pipeline);
    const kept = new Set(snapshotsToKeep(stored, this.#sql.cut.get(pipeline) ?? 0));
    for (const one of stored) if (!kept.has(one)) this.#sql.letGo.run(pipeline, one);
    this.#isResting = false;
  }

  /** What came after a position is stepped again: pages from then on are not true yet. */
  forgetAfter(pipeline: number, position: number): void {
    this.#sql.forgetAfter.run(pipeline, position);
    this.#sweep = undefined;
  }

  /** All pages of a key. */
  forgetKey(pipeline: number, keyId: number): void {
    this.#sql.forgetKey.run(pipeline, keyId);
  }

  /**
   * Deletes a piece of what belongs to snapshots that are gone, in a transaction of its own.
   *
   * @returns true if there is more to do
   * @throws what SQLite says; it rests then until the next snapshot
   */
  step(): boolean {
    if (this.#isResting) return false;
    this.#isResting = true;
    this.#sweep ??= this.#next();
    const sweep = this.#sweep;
    if (sweep === undefined) return false;
    this.#db.transaction(() => {
      if (!this.#sweepSome(sweep)) return;
      this.#sql.dropSnapshot.run(sweep.id);
      this.#sweep = undefined;
    })();
    this.#isResting = false;
    return true;
  }

  /** Looks for one again: retention may have let some go. */
  wake(): void {
    this.#isResting = false;
  }

  #next(): Sweep | undefined {
    const gone = this.#sql.gone.get();
    return gone && { ...gone, at: { position: -1, id: 0 } };
  }

  /** @returns true if that was the last of it */
  #sweepSome(sweep: Sweep): boolean {
    const { pipeline, position, at } = sweep;
    const from = Math.max(at.position, (this.#sql.keptBefore.get(pipeline, position) ?? -1) + 1);
    const until = this.#sql.keptAfter.get(pipeline, position);
    // The newest of all is never let go; had somebody else done so, its pages would still be the newest.
    if (until === undefined) return true;
    const after = at.position < from ? { position: from, id: 0 } : at;
    const rows = this.#sql.pagesUpTo.all(pipeline, after.position, after.id, position, PIECE_PAGES);
    let bytes = 0;
    let looked = 0;
    for (const row of rows) {
      looked++;
      sweep.at = { position: row.position, id: row.id };
      if (this.#sql.hasNewer.get(pipeline, row.key, row.position, until) === undefined) continue;
      this.#sql.drop.run(row.id);
      bytes += row.length;
      if (bytes >= PIECE_BYTES) break;
    }
    return looked === rows.length && rows.length < PIECE_PAGES;
  }
}

function prepare(db: Database) {
  const positions = "SELECT position FROM snapshots WHERE pipeline = ? AND gone = 0";
  return {
    page: db.prepare(
      "INSERT OR REPLACE INTO pages (pipeline, key, position, heard, due, body) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    before: db.prepare<[number, number, number], { id: number; position: number }>(
      `SELECT id, position FROM pages WHERE pipeline = ? AND key = ? AND position < ?
       ORDER BY position DESC LIMIT 1`,
    ),
    drop: db.prepare("DELETE FROM pages WHERE id = ?"),
    forgetAfter: db.prepare("DELETE FROM pages WHERE pipeline = ? AND position > ?"),
    forgetKey: db.prepare("DELETE FROM pages WHERE pipeline = ? AND key = ?"),
    snapshot: db.prepare(
      `INSERT INTO snapshots (pipeline, position, arrival) VALUES (?, ?, ?)
       ON CONFLICT (pipeline, position) DO UPDATE SET arrival = excluded.arrival, gone = 0`,
    ),
    snapshotBefore: db
      .prepare<[number, number], number>(`${positions} AND position < ? ORDER BY position DESC LIMIT 1`)
      .pluck(),
    positions: db.prepare<[number], number>(`${positions} ORDER BY position`).pluck(),
    letGo: db.prepare("UPDATE snapshots SET gone = 1 WHERE pipeline = ? AND position = ?"),
    dropSnapshot: db.prepare("DELETE FROM snapshots WHERE id = ?"),
    cut: db.prepare<[number], number>("SELECT cut FROM pipelines WHERE id = ?").pluck(),
    gone: db.prepare<[], Omit<Sweep, "at">>(
      "SELECT id, pipeline, position FROM snapshots WHERE gone = 1 ORDER BY position LIMIT 1",
    ),
    keptBefore: db
      .prepare<[number, number], number>(`${positions} AND position < ? ORDER BY position DESC LIMIT 1`)
      .pluck(),
    keptAfter: db
      .prepare<[number, number], number>(`${positions} AND position > ? ORDER BY position LIMIT 1`)
      .pluck(),
    pagesUpTo: db.prepare<
      [number, number, number, number, number],
      { id: number; key: number; position: number; length: number }
    >(
      `SELECT id, key, position, length(body) AS length FROM pages INDEXED BY pages_by_position
       WHERE pipeline = ? AND (position, id) > (?, ?) AND position <= ? ORDER BY position, id LIMIT ?`,
    ),
    hasNewer: db
      .prepare<[number, number, number, number], number>(
        "SELECT 1 FROM pages WHERE pipeline = ? AND key = ? AND position > ? AND position <= ? LIMIT 1",
      )
      .pluck(),
  };
}
