import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Clock, problem, systemClock } from "../core/index.js";
import { DATABASE_FILE, openForWriting, storeProblem, type WritingOptions } from "./database-file.js";
import { type DirectoryLock, lockDirectory } from "./directory-lock.js";
import { PipelineStore } from "./pipeline-store.js";
import type { Durability, Identity, Retention } from "./records.js";
import { migrate } from "./schema.js";
import { SpareBlocks } from "./spare-blocks.js";
import { type PipelineEntry, StoreReader } from "./store-reader.js";
import { WriterLine } from "./writer-line.js";
import type { Change } from "./writer-messages.js";

export interface StoreOptions {
  /** Default `power-loss`. */
  readonly durability?: Durability;
  /** Default: everything is kept. */
  readonly retention?: Retention;
  readonly clock?: Clock;
  /** Called with what goes wrong outside of any call: the thread died, retention cannot be held. */
  readonly onProblem?: (error: Error) => void;
}

/** A cursor that moved is written after this long if no commit takes it along. */
const FLUSH_AFTER_MS = 1_000;
/** Retention looks at the clock this often, also when nothing comes. */
const TICK_EVERY_MS = 60_000;

/**
 * A data directory, owned by this process: one SQLite database, one thread that writes it, reads from
 * this thread through a connection of their own.
 */
export class Store {
  readonly directory: string;
  /** 12 hex digits, drawn when the directory was made. */
  readonly instanceId: string;
  readonly #clock: Clock;
  readonly #lock: DirectoryLock;
  readonly #reader: StoreReader;
  readonly #line: WriterLine;
  readonly #pipelines = new Map<string, PipelineStore>();
  readonly #spare = new SpareBlocks();
  readonly #tick: NodeJS.Timeout;
  #flushing: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  /** @throws see `openStore` */
  constructor(directory: string, options: StoreOptions = {}) {
    const { durability = "power-loss", retention = {}, clock = systemClock, onProblem = () => {} } = options;
    const file = join(directory, DATABASE_FILE);
    this.directory = directory;
    this.#clock = clock;
    this.#lock = lockDirectory(directory);
    try {
      prepareFile(file, { durability, limitBytes: retention.bytes });
      this.#reader = new StoreReader(directory);
      this.#line = new WriterLine({ task: "write", file, durability, retention }, this.#spare, onProblem);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.instanceId = this.#reader.instanceId;
    this.#tick = setInterval(() => {
      this.#line.send({ kind: "tick", now: clock.now() }).catch(() => {});
    }, TICK_EVERY_MS).unref();
  }

  /**
   * Opens a pipeline's rows, always the same object for the same name.
   *
   * @param identity recorded if none is yet; an older one stays until `adopt`, so that it can be compared
   */
  pipeline(name: string, identity?: Identity): PipelineStore {
    let pipeline = this.#pipelines.get(name);
    if (pipeline === undefined) {
      const send = (change: Change) => this.#send(change);
      pipeline = new PipelineStore(name, this.#reader.reads, send, this.#spare, () => this.#flushSoon());
      this.#pipelines.set(name, pipeline);
    }
    if (identity !== undefined && pipeline.recorded === undefined) {
      // Should it fail, the next commit does too and says why.
      this.#send({ kind: "adopt", pipeline: name, identity, isNew: true }).catch(() => {});
    }
    return pipeline;
  }

  /** Those that have written, in the order of their first opening. */
  pipelines(): PipelineEntry[] {
    return this.#reader.pipelines();
  }

  /** A consistent copy while running; see `StoreReader.backup`. */
  backup(file: string): Promise<void> {
    return this.#reader.backup(file);
  }

  /** Size on disk, with the write-ahead log. */
  bytes(): number {
    return this.#reader.bytes();
  }

  /** Size of what is stored, wherever it stands; see `StoreReader.contentBytes`. */
  contentBytes(): number {
    return this.#reader.contentBytes();
  }

  /** Writes all that was handed over, ends the thread and gives the directory back. Safe to call again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#tick);
    clearTimeout(this.#flushing);
    await Promise.all([...this.#pipelines.values()].map((pipeline) => pipeline.flush()));
    // Answered after all that was sent before it.
    await this.#line.send({ kind: "tick", now: this.#clock.now() }).catch(() => {});
    // The reader first: the last connection to close empties the write-ahead log, and a reader cannot.
    this.#reader.close();
    await this.#line.close(this.#clock.now());
    this.#lock.release();
  }

  #send(change: Change): Promise<void> {
    if (this.#closing !== undefined && change.kind !== "advance") {
      return Promise.reject(
        problem(Error, {
          code: "STORE_CLOSED",
          action: change.kind,
          on: `pipeline ${JSON.stringify(change.pipeline)}`,
          expected: "an open store",
          found: `that of ${this.directory} closed`,
        }),
      );
    }
    return this.#line.send({ ...change, now: this.#clock.now() });
  }

  #flushSoon(): void {
    if (this.#closing !== undefined) return;
    this.#flushing ??= setTimeout(() => {
      this.#flushing = undefined;
      for (const pipeline of this.#pipelines.values()) void pipeline.flush();
    }, FLUSH_AFTER_MS).unref();
  }
}

/** Makes the database or brings it up to date, before anyone else opens it. */
function prepareFile(file: string, options: WritingOptions): void {
  const db = openForWriting(file, options);
  try {
    migrate(db, file);
    const instance = randomBytes(6).toString("hex");
    db.prepare("INSERT INTO meta VALUES ('instance', ?) ON CONFLICT DO NOTHING").run(instance);
  } catch (error) {
    throw storeProblem(error, "open store", file);
  } finally {
    db.close();
  }
}

/**
 * Opens a data directory for writing, making it if need be. One process at a time: a second is refused,
 * and the operating system lets go of the directory when the first dies.
 *
 * @throws Error codes `DATA_DIRECTORY_IN_USE`, `DATA_DIRECTORY_NOT_ACCESSIBLE`, `STORE_TOO_NEW`,
 *   `STORE_NOT_EDDYS`, `STORE_NOT_A_DATABASE`, `STORE_CORRUPT`, `STORE_NOT_WRITABLE`, `STORE_FULL`
 */
export function openStore(directory: string, options: StoreOptions = {}): Store {
  return new Store(directory, options);
}
