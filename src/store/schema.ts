import type { Database } from "better-sqlite3";
import { problem } from "../core/index.js";

/** Stands in the file's header (`PRAGMA application_id`), "Eddy" in ASCII: other programs' files are refused. */
export const APPLICATION_ID = 0x45646479;

/**
 * The schema's history: entry n brings a file from `user_version` n to n + 1. Entries are never edited
 * once released, only added to.
 *
 * What a column of type ANY holds is kept bit for bit (REAL would store -0 as 0). Times are REAL: whole
 * milliseconds then take six bytes; a time of -0 reads back as 0. A key is TEXT, or a BLOB if it cannot
 * be written in UTF-8 (key-column.ts).
 *
 * Tables that grow with every event are clustered by position and have no second index, so that a
 * commit appends to a few pages, however many keys it touches: flash wears by the page. `outputs.back`
 * makes up for it: the distance to the same key's previous output, a chain that starts at
 * `keys.last_output`.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE pipelines (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    fingerprint TEXT, numerics TEXT, spec TEXT,   -- what wrote the rows; NULL until it is adopted
    position INTEGER NOT NULL DEFAULT 0,      -- of the newest journalled sample
    stepped INTEGER NOT NULL DEFAULT 0,       -- of the newest sample whose outcome is stored
    origin INTEGER NOT NULL DEFAULT 0,        -- the position at which the state was empty
    cut INTEGER NOT NULL DEFAULT 0,           -- retention has taken the journal up to here
    events INTEGER NOT NULL DEFAULT 0,        -- these count what was ever stored
    noted INTEGER NOT NULL DEFAULT 0,
    outputs INTEGER NOT NULL DEFAULT 0,
    alerts INTEGER NOT NULL DEFAULT 0,
    raised INTEGER NOT NULL DEFAULT 0,
    dead_letters INTEGER NOT NULL DEFAULT 0,  -- also the newest dead letter's id
    packets INTEGER NOT NULL DEFAULT 0        -- also the ledger's newest ordinal
  ) STRICT;

  CREATE TABLE keys (
    id INTEGER PRIMARY KEY,
    pipeline INTEGER NOT NULL,
    key ANY NOT NULL,
    events INTEGER NOT NULL DEFAULT 0,        -- accepted: the newest seq
    last_time REAL NOT NULL DEFAULT 0,        -- event time of the newest accepted event
    last_output INTEGER,                      -- position
    UNIQUE (pipeline, key)
  ) STRICT;

  CREATE TABLE samples (
    pipeline INTEGER NOT NULL, position INTEGER NOT NULL,
    key INTEGER NOT NULL, time REAL NOT NULL, arrival REAL NOT NULL,
    note TEXT,                                -- why it was not stepped
    fields TEXT NOT NULL,                     -- JSON, see sample-fields.ts
    PRIMARY KEY (pipeline, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outputs (
    pipeline INTEGER NOT NULL, position INTEGER NOT NULL,
    key INTEGER NOT NULL, back INTEGER, seq INTEGER NOT NULL, time REAL NOT NULL,
    value ANY, forecast ANY, lower ANY, upper ANY, residual ANY,      -- of the first target
    score ANY, alert INTEGER NOT NULL, model TEXT NOT NULL,
    more TEXT,                                -- JSON: further targets and looks ahead, see output-columns.ts
    PRIMARY KEY (pipeline, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE alerts (
    pipeline INTEGER NOT NULL, position INTEGER NOT NULL,
    key INTEGER NOT NULL, seq INTEGER NOT NULL, time REAL NOT NULL,
    state TEXT NOT NULL, since REAL NOT NULL, score ANY NOT NULL, value ANY NOT NULL, forecast ANY,
    why TEXT NOT NULL,
    PRIMARY KEY (pipeline, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE dead_letters (
    pipeline INTEGER NOT NULL, id INTEGER NOT NULL,
    reason TEXT NOT NULL, detail TEXT NOT NULL, topic TEXT NOT NULL, arrival REAL NOT NULL,
    payload BLOB NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (pipeline, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    pipeline INTEGER NOT NULL, position INTEGER NOT NULL,
    slot TEXT NOT NULL, kind TEXT NOT NULL, why TEXT NOT NULL, body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX log_by_position ON log (pipeline, position);

  CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY,
    pipeline INTEGER NOT NULL, position INTEGER NOT NULL,
    arrival REAL NOT NULL,                    -- when it was taken
    UNIQUE (pipeline, position)
  ) STRICT;

  CREATE TABLE states (
    id INTEGER PRIMARY KEY,
    snapshot INTEGER NOT NULL,
    slot TEXT NOT NULL, version INTEGER NOT NULL, key ANY NOT NULL, body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX states_by_snapshot ON states (snapshot);

  CREATE TABLE ledger (
    pipeline INTEGER NOT NULL, packet_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (pipeline, packet_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE cursors (
    pipeline INTEGER NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (pipeline, name)
  ) STRICT, WITHOUT ROWID;

  CREATE VIEW predictions AS
    SELECT p.name AS pipeline, o.position, k.key, o.seq, o.time, o.value, o.forecast, o.lower, o.upper,
      o.residual, o.score, o.alert, o.model
    FROM outputs o JOIN keys k ON k.id = o.key JOIN pipelines p ON p.id = o.pipeline;
  `,
  // Snapshots held all states of all keys; now they hold the pages of those that changed. What was remembered is made
  // again from the journal.
  `
  DROP TABLE states;
  DELETE FROM snapshots;
  UPDATE pipelines SET origin = cut;
  ALTER TABLE snapshots ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;   -- let go: its pages go little by little

  CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    pipeline INTEGER NOT NULL, key INTEGER NOT NULL,
    position INTEGER NOT NULL,                -- a snapshot's are each key's newest up to its own
    heard REAL, due REAL,                     -- see records.ts
    body BLOB NOT NULL                        -- see page-body.ts
  ) STRICT;
  CREATE UNIQUE INDEX pages_by_key ON pages (pipeline, key, position);
  CREATE INDEX pages_by_position ON pages (pipeline, position);
  `,
  // Of keys that have expired a page stays which says no more than how many events they had: who looks for keys that have
  // been silent for long must not have to look through all of those.
  `
  CREATE INDEX pages_heard ON pages (pipeline, key, position, heard, due) WHERE heard IS NOT NULL;
  `,
  // Whose page says no more than that goes once retention has taken all else of them: found by when they expired.
  `
  CREATE INDEX pages_gone ON pages (pipeline, position, key) WHERE heard IS NULL;
  `,
  // The ledger had a row for each packet; now one for each commit, see ledger-block.ts.
  `
  ALTER TABLE ledger RENAME TO ledger_of_packets;
  CREATE TABLE ledger (
    pipeline INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,                 -- of its last line
    lines TEXT NOT NULL,
    PRIMARY KEY (pipeline, ordinal)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO ledger
    SELECT pipeline, ordinal, packet_id || ' ' || hash || char(10) FROM ledger_of_packets;
  DROP TABLE ledger_of_packets;
  `,
  // The first look ahead of the first target stood in `more`: in every row, as text.
  `
  ALTER TABLE outputs ADD COLUMN next_steps ANY;
  ALTER TABLE outputs ADD COLUMN next_forecast ANY;
  ALTER TABLE outputs ADD COLUMN next_lower ANY;
  ALTER TABLE outputs ADD COLUMN next_upper ANY;
  DROP VIEW predictions;
  CREATE VIEW predictions AS
    SELECT p.name AS pipeline, o.position, k.key, o.seq, o.time, o.value, o.forecast, o.lower, o.upper,
      o.residual, o.score, o.alert, o.model, o.next_forecast, o.next_lower, o.next_upper
    FROM outputs o JOIN keys k ON k.id = o.key JOIN pipelines p ON p.id = o.pipeline;
  `,
  // The ledger's blocks were text, with another hash: a packet that was committed and comes again after this is taken for new.
  `
  DROP TABLE ledger;
  CREATE TABLE ledger (
    pipeline INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,                 -- of its last entry
    entries BLOB NOT NULL,                    -- see ledger-block.ts
    PRIMARY KEY (pipeline, ordinal)
  ) STRICT, WITHOUT ROWID;
  `,
];

function versionOf(db: Database): number {
  return Number(db.pragma("user_version", { simple: true }));
}

/**
 * Brings a database to the newest schema, each migration in a transaction of its own.
 *
 * @param file names the database in errors
 * @param migrations  for tests: another history
 * @throws Error codes `STORE_TOO_NEW`, `STORE_NOT_EDDYS`
 */
export function migrate(db: Database, file: string, migrations: readonly string[] = MIGRATIONS): void {
  checkSchema(db, file, migrations);
  for (let version = versionOf(db); version < migrations.length; version++) {
    db.transaction(() => {
      db.exec(migrations[version]!);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version + 1}`);
    })();
  }
}

/** @throws Error codes `STORE_TOO_NEW`, `STORE_NOT_EDDYS`: the file is not ours to touch. */
function checkSchema(db: Database, file: string, migrations: readonly string[]): void {
  const action = "open store";
  const version = versionOf(db);
  const isEmpty = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() === 0;
  const application = db.pragma("application_id", { simple: true });
  if (!isEmpty && application !== APPLICATION_ID) {
    throw problem(Error, {
      code: "STORE_NOT_EDDYS",
      action,
      on: file,
      expected: "a database that Eddy made",
      found: `one of another program (application_id ${application})`,
    });
  }
  if (version > migrations.length) {
    throw problem(Error, {
      code: "STORE_TOO_NEW",
      action,
      on: file,
      expected: `schema ${migrations.length} or older`,
      found: `schema ${version}; a newer Eddy wrote it`,
    });
  }
}

/**
 * For readers, which must not change the file.
 *
 * @throws Error codes `STORE_TOO_NEW`, `STORE_TOO_OLD`, `STORE_NOT_EDDYS`
 */
export function requireSchema(db: Database, file: string): void {
  checkSchema(db, file, MIGRATIONS);
  const version = versionOf(db);
  if (version < MIGRATIONS.length) {
    throw problem(Error, {
      code: "STORE_TOO_OLD",
      action: "read store",
      on: file,
      expected: `schema ${MIGRATIONS.length}`,
      found: `schema ${version}; "eddy run" brings it up to date`,
    });
  }
}
