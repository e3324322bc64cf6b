import type { Database, Statement } from "better-sqlite3";
import { FAULTS } from "../core/index.js";
import type { SnapshotPlace } from "./retention.js";

/** What the sweeper knows of a pipeline: ids, the cut, and the cursors (null: nobody publishes). */
export interface PipelineSweep {
  readonly id: number;
  readonly cut: number;
  readonly published: number | null;
  readonly alerted: number | null;
}

/** A table that retention takes from, row by row. */
export interface SweptTable {
  readonly name: "samples" | "outputs" | "alerts";
  /** Position of a pipeline's oldest row. */
  readonly first: Statement<[number], number>;
  readonly drop: Statement<[id: number, to: number]>;
}

/** All that the sweeper ever says. */
export interface Sweeps {
  readonly pipelines: Statement<[], PipelineSweep>;
  readonly snapshots: Statement<[number], SnapshotPlace>;
  readonly deadLetterSizes: Statement<[number], { id: number; bytes: number }>;
  readonly pageCount: Statement<[], number>;
  readonly freelistCount: Statement<[], number>;
  readonly dropDeadLetters: Statement<[id: number, to: number]>;
  readonly cut: Statement<[cut: number, id: number]>;
  readonly letSnapshotsGo: Statement<[id: number, cut: number]>;
  readonly dropLog: Statement<[id: number, cut: number, sameId: number, kept: number]>;
  readonly tables: readonly SweptTable[];
}

const TABLES = ["samples", "outputs", "alerts"] as const;

export function prepareSweeps(db: Database): Sweeps {
  const pipelines: Statement<[], PipelineSweep> = db.prepare(
    `SELECT id, cut, p.position AS published, a.position AS alerted FROM pipelines
     LEFT JOIN cursors p ON p.pipeline = id AND p.name = 'prediction'
     LEFT JOIN cursors a ON a.pipeline = id AND a.name = 'alert'`,
  );
  const snapshots: Statement<[number], SnapshotPlace> = db.prepare(
    "SELECT position, arrival FROM snapshots WHERE pipeline = ? AND gone = 0 ORDER BY position",
  );
  const deadLetterSizes: Statement<[number], { id: number; bytes: number }> = db.prepare(
    "SELECT id, length(payload) + length(detail) AS bytes FROM dead_letters WHERE pipeline = ? ORDER BY id DESC",
  );
  return {
    pipelines,
    snapshots,
    deadLetterSizes,
    pageCount: pragma(db, "page_count"),
    freelistCount: pragma(db, "freelist_count"),
    dropDeadLetters: db.prepare("DELETE FROM dead_letters WHERE pipeline = ? AND id <= ?"),
    cut: db.prepare("UPDATE pipelines SET cut = ? WHERE id = ?"),
    letSnapshotsGo: db.prepare("UPDATE snapshots SET gone = 1 WHERE pipeline = ? AND position < ?"),
    // Judgements that left all as it was, faults, and what ends keys may be many: they would push the networks out.
    dropLog: db.prepare(
      `DELETE FROM log WHERE pipeline = ? AND position <= ? AND id NOT IN
         (SELECT id FROM log WHERE pipeline = ? AND kind NOT IN ('learned', 'reset', 'forget') AND slot <> '${FAULTS}' ORDER BY id DESC LIMIT ?)`,
    ),
    tables: TABLES.map((name) => ({
      name,
      first: db
        .prepare<[number], number>(
          `SELECT position FROM ${name} WHERE pipeline = ? ORDER BY position LIMIT 1`,
        )
        .pluck(),
      drop: db.prepare(`DELETE FROM ${name} WHERE pipeline = ? AND position <= ?`),
    })),
  };
}

function pragma(db: Database, name: string): Statement<[], number> {
  return db.prepare<[], number>(`PRAGMA ${name}`).pluck();
}
