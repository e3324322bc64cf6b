import type { Database, Statement } from "better-sqlite3";
import { keyToColumn } from "./key-column.js";

/** Keys whose rows are kept in memory. */
const MOST_KEYS = 20_000;

/** One key's row in `keys`, as the writer keeps it. */
export interface KeyRecord {
  readonly id: number;
  events: number;
  lastTime: number;
  lastOutput: number | null;
}

/** One pipeline's row in `pipelines`, as the writer keeps it; columns of the same meaning in schema.ts. */
export interface PipelineRecord {
  readonly id: number;
  position: number;
  stepped: number;
  events: number;
  noted: number;
  outputs: number;
  alerts: number;
  raised: number;
  deadLetters: number;
  packets: number;
  /** Pages that this process has written. */
  pages: number;
  readonly keys: Map<string, KeyRecord>;
}

/**
 * The writer's memory of where each pipeline and key stands, so that a row written needs no row read.
 * Changes are made in memory and written by `flush`, once a transaction; `forget` after a rollback.
 */
export class PipelineRecords {
  readonly #pipelines = new Map<string, PipelineRecord>();
  /** Pages by pipeline, as of the last transaction that held. */
  readonly #pages = new Map<string, number>();
  readonly #changed = new Set<PipelineRecord>();
  readonly #changedKeys = new Set<KeyRecord>();
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database) {
    this.#statements = prepare(db);
  }

  /** The pipeline's record, begun if there is none; what the caller changes is written by `flush`. */
  pipeline(name: string): PipelineRecord {
    let record = this.#pipelines.get(name);
    if (record === undefined) {
      const { insertPipeline, selectPipeline } = this.#statements;
      insertPipeline.run(name);
      const row = selectPipeline.get(name);
      if (row === undefined)
        throw new Error(`Cannot find the pipeline ${JSON.stringify(name)} just inserted`);
      record = { ...row, pages: this.#pages.get(name) ?? 0, keys: new Map() };
      this.#pipelines.set(name, record);
    }
    this.#changed.add(record);
    return record;
  }

  /** Like `pipeline`. */
  key(pipeline: PipelineRecord, key: string): KeyRecord {
    let record = pipeline.keys.get(key);
    if (record === undefined) {
      const { insertKey, selectKey } = this.#statements;
      const column = keyToColumn(key);
      insertKey.run(pipeline.id, column);
      record = selectKey.get(pipeline.id, column);
      if (record === undefined) throw new Error(`Cannot find the key ${JSON.stringify(key)} just inserted`);
      pipeline.keys.set(key, record);
    }
    this.#changedKeys.add(record);
    return record;
  }

  /**
   * Deletes the key's row, which no other row may name: its id may become another key's.
   *
   * @returns the id it had; undefined: there was none
   */
  forgetKey(pipeline: PipelineRecord, key: string): number | undefined {
    const record = pipeline.keys.get(key);
    pipeline.keys.delete(key);
    if (record !== undefined) this.#changedKeys.delete(record);
    return this.#statements.deleteKey.get(pipeline.id, keyToColumn(key));
  }

  /** Inside the transaction, at its end. */
  flush(): void {
    const { updatePipeline, updateKey } = this.#statements;
    for (const p of this.#changed) {
      updatePipeline.run(
        p.position,
        p.stepped,
        p.events,
        p.noted,
        p.outputs,
        p.alerts,
        p.raised,
        p.deadLetters,
        p.packets,
        p.id,
      );
    }
    for (const k of this.#changedKeys) updateKey.run(k.events, k.lastTime, k.lastOutput, k.id);
    this.#changed.clear();
    this.#changedKeys.clear();
  }

  /** The transaction holds. */
  settle(): void {
    for (const [name, { pages }] of this.#pipelines) this.#pages.set(name, pages);
    for (const { keys } of this.#pipelines.values()) forgetOldest(keys);
  }

  /** What is in memory may not be what is in the file: everything is read again. */
  forget(): void {
    this.#pipelines.clear();
    this.#changed.clear();
    this.#changedKeys.clear();
  }
}

/** What is not in memory is read again. */
function forgetOldest(keys: Map<string, KeyRecord>): void {
  for (const key of keys.keys()) {
    if (keys.size <= MOST_KEYS) return;
    keys.delete(key);
  }
}

function prepare(db: Database) {
  const selectPipeline: Statement<[string], Omit<PipelineRecord, "keys" | "pages">> = db.prepare(
    `SELECT id, position, stepped, events, noted, outputs, alerts, raised,
       dead_letters AS deadLetters, packets
     FROM pipelines WHERE name = ?`,
  );
  const selectKey: Statement<unknown[], KeyRecord> = db.prepare(
    `SELECT id, events, last_time AS lastTime, last_output AS lastOutput
     FROM keys WHERE pipeline = ? AND key = ?`,
  );
  return {
    insertPipeline: db.prepare("INSERT INTO pipelines (name) VALUES (?) ON CONFLICT DO NOTHING"),
    selectPipeline,
    updatePipeline: db.prepare(
      `UPDATE pipelines SET position = ?, stepped = ?, events = ?, noted = ?, outputs = ?, alerts = ?,
         raised = ?, dead_letters = ?, packets = ? WHERE id = ?`,
    ),
    insertKey: db.prepare("INSERT INTO keys (pipeline, key) VALUES (?, ?) ON CONFLICT DO NOTHING"),
    selectKey,
    deleteKey: db
      .prepare<unknown[], number>("DELETE FROM keys WHERE pipeline = ? AND key = ? RETURNING id")
      .pluck(),
    updateKey: db.prepare("UPDATE keys SET events = ?, last_time = ?, last_output = ? WHERE id = ?"),
  };
}
