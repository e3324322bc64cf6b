import type { Database, Statement } from "better-sqlite3";
import { REQUESTS } from "../core/index.js";
import { RowInserts } from "./row-inserts.js";

/** All that the writer ever says. */
export interface Writes {
  readonly samples: RowInserts;
  readonly note: Statement<unknown[]>;
  readonly outputs: RowInserts;
  readonly alert: Statement<unknown[]>;
  readonly deadLetter: Statement<unknown[]>;
  readonly pruneDeadLetters: Statement<unknown[]>;
  readonly log: Statement<unknown[]>;
  readonly packets: Statement<unknown[]>;
  readonly prunePackets: Statement<unknown[]>;
  readonly adopt: Statement<unknown[]>;
  readonly adoptIfNew: Statement<unknown[]>;
  readonly advance: Statement<unknown[]>;
  /** In the order in which they must run. */
  readonly startAgain: readonly Statement<unknown[]>[];
  readonly stepped: Statement<[string], number>;
}

export function prepareWrites(db: Database): Writes {
  const stepped = db.prepare<[string], number>("SELECT stepped FROM pipelines WHERE name = ?").pluck();
  return {
    stepped,
    samples: new RowInserts(db, "samples", 7),
    note: db.prepare("UPDATE samples SET note = ? WHERE pipeline = ? AND position = ?"),
    outputs: new RowInserts(db, "outputs", 19),
    alert: db.prepare("INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    deadLetter: db.prepare("INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    pruneDeadLetters: db.prepare("DELETE FROM dead_letters WHERE pipeline = ? AND id <= ?"),
    log: db.prepare("INSERT INTO log (pipeline, position, slot, kind, why, body) VALUES (?, ?, ?, ?, ?, ?)"),
    packets: db.prepare("INSERT INTO ledger VALUES (?, ?, ?)"),
    prunePackets: db.prepare("DELETE FROM ledger WHERE pipeline = ? AND ordinal <= ?"),
    adopt: db.prepare("UPDATE pipelines SET fingerprint = ?, numerics = ?, spec = ? WHERE id = ?"),
    adoptIfNew: db.prepare(
      "UPDATE pipelines SET fingerprint = ?, numerics = ?, spec = ? WHERE id = ? AND fingerprint IS NULL",
    ),
    advance: db.prepare("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)"),
    startAgain: [
      db.prepare("DELETE FROM snapshots WHERE pipeline = ?"),
      db.prepare("DELETE FROM outputs WHERE pipeline = ?"),
      db.prepare("DELETE FROM alerts WHERE pipeline = ?"),
      // What people asked holds under the changed pipeline too.
      db.prepare(`DELETE FROM log WHERE pipeline = ? AND slot <> '${REQUESTS}'`),
      db.prepare("UPDATE keys SET last_output = NULL WHERE pipeline = ?"),
      // The journal after the cut is all there is: there the state is empty now.
      db.prepare("UPDATE pipelines SET origin = cut WHERE id = ?"),
    ],
  };
}
