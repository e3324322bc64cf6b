import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { problem } from "../core/index.js";
import { backUp } from "./backup.js";
import { bytesOnDisk, DATABASE_FILE, openForReading } from "./database-file.js";
import { PipelineReader } from "./pipeline-reader.js";
import { identityOf, prepareReads, type Reads } from "./read-statements.js";
import type { Identity } from "./records.js";
import { requireSchema } from "./schema.js";

export interface PipelineEntry {
  readonly name: string;
  /** Undefined until one is adopted. */
  readonly identity: Identity | undefined;
}

/** A data directory, to be read: takes no lock and starts no writer, so that it works beside a running Eddy. */
export class StoreReader {
  readonly directory: string;
  /** 12 hex digits, drawn when the directory was made. */
  readonly instanceId: string;
  readonly #file: string;
  readonly #db: Database;
  readonly #reads: Reads;

  /** @throws see `openStoreForReading` */
  constructor(directory: string) {
    this.directory = directory;
    this.#file = join(directory, DATABASE_FILE);
    this.#db = openForReading(this.#file);
    try {
      requireSchema(this.#db, this.#file);
      this.#reads = prepareReads(this.#db);
      this.instanceId = this.#reads.meta.get("instance") ?? "";
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** For the pipelines of a `Store`, which share this connection. */
  get reads(): Reads {
    return this.#reads;
  }

  /** @throws RangeError code `NO_SUCH_PIPELINE` if it has written nothing here */
  pipeline(name: string): PipelineReader {
    if (this.#reads.pipeline.get(name) === undefined) {
      throw problem(RangeError, {
        code: "NO_SUCH_PIPELINE",
        action: "read pipeline",
        on: JSON.stringify(name),
        expected: `one that ${this.directory} holds`,
        found:
          this.pipelines()
            .map((known) => JSON.stringify(known.name))
            .join(", ") || "none",
      });
    }
    return new PipelineReader(name, this.#reads);
  }

  /** In the order of their first opening. */
  pipelines(): PipelineEntry[] {
    return this.#reads.pipelines.all().map((row) => ({ name: row.name, identity: identityOf(row) }));
  }

  /**
   * A consistent copy, also while another process writes. To restore it, put it into an empty directory
   * as `eddy.sqlite`.
   *
   * @throws Error code `BACKUP_EXISTS` if there is such a file
   */
  backup(file: string): Promise<void> {
    return backUp(this.#file, file);
  }

  /** Size on disk, with the write-ahead log. */
  bytes(): number {
    return bytesOnDisk(this.#file);
  }

  /** Size of what is stored, wherever it stands: the write-ahead log holds pages of the database that are not in it yet, and old ones. */
  contentBytes(): number {
    const pages = this.#db.pragma("page_count", { simple: true });
    return Number(pages) * Number(this.#db.pragma("page_size", { simple: true }));
  }

  close(): void {
    this.#db.close();
  }
}

/**
 * Opens a data directory for reports and replays, while another process may be running on it.
 *
 * @throws Error codes `NO_STORE`, `STORE_TOO_NEW`, `STORE_TOO_OLD`, `STORE_NOT_EDDYS`,
 *   `STORE_NOT_A_DATABASE`, `STORE_CORRUPT`, `STORE_NOT_ACCESSIBLE`
 */
export function openStoreForReading(directory: string): StoreReader {
  if (!existsSync(join(directory, DATABASE_FILE))) {
    throw problem(Error, {
      code: "NO_STORE",
      action: "read data directory",
      on: directory,
      expected: `one that Eddy has written to, with a file ${DATABASE_FILE}`,
      found: existsSync(directory) ? "a folder without it" : "no such folder",
    });
  }
  return new StoreReader(directory);
}
