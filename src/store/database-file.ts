import { statSync } from "node:fs";
import { join } from "node:path";
import Sqlite, { type Database } from "better-sqlite3";
import { problem } from "../core/index.js";
import type { Durability } from "./records.js";

/** The one database of a data directory. */
export const DATABASE_FILE = "eddy.sqlite";

const SYNCHRONOUS: Readonly<Record<Durability, string>> = {
  "power-loss": "FULL",
  crash: "NORMAL",
  none: "OFF",
};

const PAGE_BYTES = 4096;

/** What SQLite's error codes mean to whoever runs Eddy: our code, what was expected, what was there. */
const MEANINGS: readonly (readonly [prefix: string, code: string, expected: string, found: string])[] = [
  ["SQLITE_FULL", "STORE_FULL", "room on the disk", "a full one"],
  ["SQLITE_NOTADB", "STORE_NOT_A_DATABASE", "an SQLite database", "some other kind of file"],
  ["SQLITE_CORRUPT", "STORE_CORRUPT", "an intact database", "a damaged one; restore a backup"],
  ["SQLITE_READONLY", "STORE_NOT_WRITABLE", "a file that can be written", "a read-only one"],
  ["SQLITE_PERM", "STORE_NOT_WRITABLE", "a file that can be written", "no permission to"],
  ["SQLITE_CANTOPEN", "STORE_NOT_ACCESSIBLE", "a folder that can be read and written", "one that cannot"],
  ["SQLITE_BUSY", "STORE_BUSY", "a database that nobody else writes", "one that another program has locked"],
  ["SQLITE_IOERR", "STORE_IO_ERROR", "a disk that reads and writes", "one that fails"],
  ["SQLITE_CONSTRAINT", "STORE_BAD_ROW", "complete rows of the right types", "one that is not"],
  ["SQLITE_MISMATCH", "STORE_BAD_ROW", "complete rows of the right types", "one that is not"],
];

/** Turns an error of SQLite into one that says what to do; others pass as they are. */
export function storeProblem(error: unknown, action: string, on: string): Error & { code: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && code !== "" && !code.startsWith("SQLITE_"))
    return Object.assign(error, { code });
  const meaning = MEANINGS.find(([prefix]) => code.startsWith(prefix));
  return problem(Error, {
    code: meaning?.[1] ?? "STORE_FAILED",
    action,
    on,
    expected: meaning?.[2] ?? "SQLite to do it",
    found: meaning ? `${meaning[3]} (${message})` : message,
    cause: error,
  });
}

/**
 * The write-ahead log has so many pages before it is copied into the database. While it is, events wait: with a thousand of
 * them a second and a log of 1,000 pages so many did that it showed in the p99 of `eddy bench events` (8 to 10 ms, 7 to 8
 * with this).
 */
const WAL_PAGES = 4000;

/**
 * Pages that a connection keeps in memory; better-sqlite3 keeps 16 MB. What is written goes to the ends of tables, and what is
 * read anew stands in the system's own cache.
 */
const CACHE_PAGES = { writing: 1024, reading: 256 };

/** How large the write-ahead log may grow before it is copied into the database, in pages. */
function walPages(limitBytes: number | undefined): number {
  // A checkpoint writes each page once, however often it stands in the log: a longer log wears flash
  // less. Under a size limit the log gets a sixteenth of it.
  const share = limitBytes === undefined ? Number.POSITIVE_INFINITY : limitBytes / 16 / PAGE_BYTES;
  return Math.max(16, Math.min(WAL_PAGES, Math.floor(share)));
}

export interface WritingOptions {
  readonly durability: Durability;
  /** Size to stay under. */
  readonly limitBytes?: number | undefined;
}

/**
 * Opens the connection that writes, the only one.
 *
 * @throws Error codes `STORE_NOT_A_DATABASE`, `STORE_CORRUPT`, `STORE_NOT_ACCESSIBLE`, `STORE_NOT_WRITABLE`, ...
 */
export function openForWriting(file: string, options: WritingOptions): Database {
  let db: Database | undefined;
  try {
    db = new Sqlite(file, { timeout: 5_000 });
    // Only takes effect before the first table, and must come before WAL, which writes the header.
    db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
    db.pragma(`synchronous = ${SYNCHRONOUS[options.durability]}`);
    const pages = walPages(options.limitBytes);
    db.pragma(`wal_autocheckpoint = ${pages}`);
    // After a burst the log file shrinks back to this.
    db.pragma(`journal_size_limit = ${pages * PAGE_BYTES}`);
    db.pragma("temp_store = MEMORY");
    db.pragma(`cache_size = ${CACHE_PAGES.writing}`);
    return db;
  } catch (error) {
    db?.close();
    throw storeProblem(error, "open store", file);
  }
}

/** Opens a connection that only reads, beside the writer or without one. @throws like `openForWriting` */
export function openForReading(file: string): Database {
  let db: Database | undefined;
  try {
    db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    // The first access is what finds out that a file is no database.
    db.pragma("schema_version");
    db.pragma(`cache_size = ${CACHE_PAGES.reading}`);
    return db;
  } catch (error) {
    db?.close();
    throw storeProblem(error, "read store", file);
  }
}

/** Size of a database on disk with its write-ahead log, bytes. */
export function bytesOnDisk(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Size of a data directory's database on disk; 0 where there is none. */
export function bytesOf(directory: string): number {
  return bytesOnDisk(join(directory, DATABASE_FILE));
}

/** Of the SQLite that writes the database. */
export function sqliteVersion(): string {
  const db = new Sqlite(":memory:");
  const version = db.prepare<[], string>("SELECT sqlite_version()").pluck().get() ?? "";
  db.close();
  return version;
}
