import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { problem } from "../core/index.js";
import { storeProblem } from "./database-file.js";

/** Held while a data directory is owned; the operating system releases it when the process dies. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Creates a data directory if need be and takes it for this process: an exclusive transaction on a tiny
 * file beside the database, so that readers of the database are not shut out.
 *
 * @throws Error code `DATA_DIRECTORY_IN_USE` when it is taken, by this process or another;
 *   `DATA_DIRECTORY_NOT_ACCESSIBLE` when it cannot be made or written
 */
export function lockDirectory(directory: string): DirectoryLock {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw notAccessible(directory, error);
  }
  const file = join(directory, "lock.sqlite");
  let db: Sqlite.Database | undefined;
  try {
    db = new Sqlite(file, { timeout: 0 });
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db?.close();
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("SQLITE_BUSY")) {
      throw problem(Error, {
        code: "DATA_DIRECTORY_IN_USE",
        action: "open data directory",
        on: directory,
        expected: "one that no running Eddy uses",
        found: "one in use; stop the other process or name another directory",
        cause: error,
      });
    }
    if (/^SQLITE_(CANTOPEN|READONLY|PERM)/.test(code)) throw notAccessible(directory, error);
    throw storeProblem(error, "lock data directory with", file);
  }
  const held = db;
  return { release: () => void held.close() };
}

function notAccessible(directory: string, cause: unknown): Error {
  return problem(Error, {
    code: "DATA_DIRECTORY_NOT_ACCESSIBLE",
    action: "open data directory",
    on: directory,
    expected: "a folder that can be made and written",
    found: cause instanceof Error ? cause.message : String(cause),
    cause,
  });
}
