import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { problem } from "../core/index.js";
import { DATABASE_FILE, openForReading, storeProblem } from "./database-file.js";
import { lockDirectory } from "./directory-lock.js";
import { copyTable, type TableCopy } from "./salvage-table.js";
import { MIGRATIONS, migrate } from "./schema.js";

/** What could be saved of a damaged database. */
export interface SalvageReport {
  /** Where the damaged file is now. */
  readonly damaged: string;
  readonly tables: readonly TableCopy[];
  /** What that means for each pipeline. */
  readonly pipelines: readonly SalvagedPipeline[];
}

export interface SalvagedPipeline {
  readonly name: string;
  /** Where its journal ends now. */
  readonly position: number;
  /** Events of the journal that are gone. */
  readonly lost: number;
  /** Snapshots whose states may not be whole are not kept. */
  readonly snapshots: number;
}

/** SQLite's own look at a database. @returns what is damaged, none if nothing is */
export function checkDatabase(directory: string): string[] {
  const file = join(directory, DATABASE_FILE);
  if (!existsSync(file)) return [];
  let db: Database | undefined;
  try {
    db = openForReading(file);
    const lines = db.prepare<[], string>("PRAGMA integrity_check(20)").pluck().all();
    return lines.filter((line) => line !== "ok");
  } catch (error) {
    return [storeProblem(error, "check", file).message];
  } finally {
    db?.close();
  }
}

/**
 * Copies what can still be read of a damaged database into a new one, which takes its place; the damaged file
 * stays beside it. Rows on damaged pages are lost, all others are kept. Where snapshots' states are lost, older
 * snapshots or the journal itself give the states again.
 *
 * @throws Error codes `DATA_DIRECTORY_IN_USE`, `STORE_NOT_A_DATABASE` when even its header is gone, `STORE_FULL`
 */
export function salvage(directory: string, now: number): SalvageReport {
  const file = join(directory, DATABASE_FILE);
  const lock = lockDirectory(directory);
  const fresh = join(directory, `${DATABASE_FILE}.salvaged`);
  let to: Database | undefined;
  let from: Database | undefined;
  try {
    for (const ending of ["", "-wal", "-shm"]) rmSync(`${fresh}${ending}`, { force: true });
    from = openForReading(file);
    to = new Sqlite(fresh);
    to.pragma("auto_vacuum = INCREMENTAL");
    migrate(to, fresh, MIGRATIONS);
    const source = from;
    const target = to;
    const names = target
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    const tables = names.map((name) => copyTable(source, target, name));
    requirePipelines(tables, file);
    const pipelines = settle(target, tables);
    target.pragma("wal_checkpoint(TRUNCATE)");
    target.close();
    source.close();
    sync(fresh);
    const damaged = `${file}.damaged-${new Date(now).toISOString().replaceAll(":", "-")}`;
    for (const ending of ["-wal", "-shm"]) {
      if (existsSync(`${file}${ending}`)) renameSync(`${file}${ending}`, `${damaged}${ending}`);
    }
    renameSync(file, damaged);
    renameSync(fresh, file);
    return { damaged, tables, pipelines };
  } catch (error) {
    throw storeProblem(error, "salvage", file);
  } finally {
    to?.close();
    from?.close();
    lock.release();
  }
}

/** Without the names of its pipelines nothing in a database is anybody's. */
function requirePipelines(tables: readonly TableCopy[], file: string): void {
  const pipelines = tables.find(({ name }) => name === "pipelines");
  if (pipelines !== undefined && (pipelines.rows > 0 || !pipelines.isDamaged)) return;
  throw problem(Error, {
    code: "STORE_BEYOND_REPAIR",
    action: "salvage",
    on: file,
    expected: "the table of pipelines to be readable",
    found: "a damaged one; restore a backup",
  });
}

/** Makes what is left agree with itself: positions, snapshots, the place where journals begin. */
function settle(db: Database, tables: readonly TableCopy[]): SalvagedPipeline[] {
  const pages = tables.find(({ name }) => name === "pages");
  const keys = tables.find(({ name }) => name === "keys");
  // Of a key whose name is gone nothing can be read.
  const sure = keys?.isDamaged ? -1 : Math.min(...(pages?.gaps ?? []).map(([before]) => before));
  return db.transaction(() => {
    const all = db.prepare<[], { id: number; name: string; position: number; cut: number }>(
      "SELECT id, name, position, cut FROM pipelines ORDER BY id",
    );
    return all.all().map((pipeline) => {
      if (pages?.isDamaged || keys?.isDamaged) dropTorn(db, pipeline.id, sure);
      return settlePipeline(db, pipeline);
    });
  })();
}

/**
 * Pages behind a number may be missing: snapshots that may want one of them are dropped. Pages come in the order of
 * their positions, but those of the snapshot that is under way, among which later ones may come.
 */
function dropTorn(db: Database, pipeline: number, lastSure: number): void {
  const newest = db
    .prepare<[number, number], number>("SELECT max(position) FROM pages WHERE pipeline = ? AND id <= ?")
    .pluck()
    .get(pipeline, lastSure);
  const torn = "SELECT max(position) FROM snapshots WHERE pipeline = ? AND position <= ?";
  const from = db
    .prepare<[number, number], number | null>(torn)
    .pluck()
    .get(pipeline, newest ?? 0);
  const drop = db.prepare("DELETE FROM snapshots WHERE pipeline = ? AND position >= ?");
  drop.run(pipeline, from ?? newest ?? 0);
}

function settlePipeline(
  db: Database,
  { id, name, position, cut }: { id: number; name: string; position: number; cut: number },
): SalvagedPipeline {
  const one = <Row>(sql: string) => db.prepare<[number], Row>(sql).get(id);
  const samples = one<{ first: number | null; last: number | null; count: number }>(
    "SELECT min(position) AS first, max(position) AS last, count(*) AS count FROM samples WHERE pipeline = ?",
  );
  const requests = one<{ last: number | null; count: number }>(
    "SELECT max(position) AS last, count(*) AS count FROM log WHERE pipeline = ? AND slot = 'request'",
  );
  const end = Math.max(samples?.last ?? cut, requests?.last ?? 0, cut);
  db.prepare("DELETE FROM snapshots WHERE pipeline = ? AND position > ?").run(id, end);
  const snapshots = one<{ count: number; first: number | null }>(
    "SELECT count(*) AS count, min(position) AS first FROM snapshots WHERE pipeline = ? AND gone = 0",
  );
  // Without a snapshot the state begins empty, where the journal does.
  if (!snapshots?.count) db.prepare("DELETE FROM pages WHERE pipeline = ?").run(id);
  const begin = snapshots?.count ? cut : Math.max(cut, (samples?.first ?? end + 1) - 1);
  const update =
    "UPDATE pipelines SET position = ?, stepped = ?, cut = ?, origin = CASE WHEN ? THEN origin ELSE ? END WHERE id = ?";
  db.prepare(update).run(end, end, begin, snapshots?.count ?? 0, begin, id);
  db.prepare(
    "UPDATE cursors SET position = min(position, ?) WHERE pipeline = ? AND name <> 'dead-letter'",
  ).run(end, id);
  db.prepare("UPDATE keys SET last_output = NULL WHERE pipeline = ?").run(id);
  db.prepare(
    `UPDATE keys SET last_output = newest.position
     FROM (SELECT key, max(position) AS position FROM outputs WHERE pipeline = ? GROUP BY key) AS newest
     WHERE keys.id = newest.key`,
  ).run(id);
  const due = position - cut - (requests?.count ?? 0);
  return {
    name,
    position: end,
    lost: Math.max(0, due - (samples?.count ?? 0)),
    snapshots: snapshots?.count ?? 0,
  };
}

function sync(file: string): void {
  const handle = openSync(file, "r+");
  fsyncSync(handle);
  closeSync(handle);
}
