import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { problem } from "../core/index.js";
import { openForReading, storeProblem } from "./database-file.js";
import { startThread } from "./writer-line.js";
import { errorOf, type Failure, failureOf } from "./writer-messages.js";

/**
 * Copies a database, consistent as of one moment while others go on writing, compact, on disk when done.
 * Works in a thread of its own; under `to` there is either nothing or the whole copy.
 *
 * @throws Error code `BACKUP_EXISTS` if there is a file `to`; `STORE_FULL`, `STORE_NOT_ACCESSIBLE`, ...
 */
export async function backUp(file: string, to: string): Promise<void> {
  const failure = await new Promise<Failure | undefined>((resolve, reject) => {
    const worker = startThread({ task: "back-up", file, to });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  if (failure) throw errorOf(failure);
}

/** What the thread does. @returns undefined when it is done */
export function writeBackup(file: string, to: string): Failure | undefined {
  const partial = `${to}.partial`;
  try {
    if (existsSync(to)) {
      throw problem(Error, {
        code: "BACKUP_EXISTS",
        action: "back up to",
        on: to,
        expected: "a new file",
        found: "one that exists",
      });
    }
    // Left over from a backup that was cut short.
    rmSync(partial, { force: true });
    const db = openForReading(file);
    try {
      // It reads within one transaction: the state of one moment.
      db.prepare("VACUUM INTO ?").run(partial);
    } finally {
      db.close();
    }
    const handle = openSync(partial, "r+");
    fsyncSync(handle);
    closeSync(handle);
    renameSync(partial, to);
    return undefined;
  } catch (error) {
    rmSync(partial, { force: true });
    return failureOf(storeProblem(error, "back up to", to));
  }
}
