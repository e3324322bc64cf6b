import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { commitRows } from "../../src/store/commit-rows.js";
import { openForWriting } from "../../src/store/database-file.js";
import type { Snapshot } from "../../src/store/index.js";
import { migrate } from "../../src/store/schema.js";
import { Writer } from "../../src/store/writer.js";
import { events, newDirectory } from "./rows.js";

const KEYS = 30;
const BYTES = 100_000;

/** 3 MB: several pieces. */
function large(position: number): Snapshot {
  const entries = Array.from({ length: KEYS }, (_, i) => ({
    slot: "hidden",
    version: 1,
    key: `k${i}`,
    bytes: new Uint8Array(BYTES).fill(position + i),
  }));
  return { position, entries };
}

function open(file: string): { db: Database; writer: Writer } {
  const db = openForWriting(file, { durability: "none" });
  onTestFinished(() => void db.close());
  migrate(db, file);
  return { db, writer: new Writer(db) };
}

function begun() {
  const file = join(newDirectory(), "eddy.sqlite");
  const { db, writer } = open(file);
  const commit = (from: number, to: number, snapshot?: Snapshot) => {
    const change = { kind: "commit", pipeline: "a", now: 0 } as const;
    const rows = commitRows(events(from, to, snapshot ? { snapshot } : {}));
    expect(writer.apply([{ ...change, rows }])).toEqual([undefined]);
  };
  return { file, db, writer, commit };
}

const positions = (db: Database) =>
  db.prepare("SELECT position FROM snapshots ORDER BY position").pluck().all();
const states = (db: Database) => db.prepare("SELECT count(*) FROM states").pluck().get();
/** What is stored of a snapshot, byte by byte the same. */
const isWhole = (db: Database, snapshot: Snapshot) => {
  const rows = db
    .prepare(
      "SELECT body FROM states WHERE snapshot = (SELECT id FROM snapshots WHERE position = ?) ORDER BY id",
    )
    .pluck()
    .all(snapshot.position) as Buffer[];
  return (
    rows.length === KEYS &&
    rows.every((body, i) => snapshot.entries[i]?.bytes.every((b, at) => b === body[at]))
  );
};
function rest(writer: Writer): number {
  let steps = 0;
  while (writer.step()) steps++;
  return steps;
}

describe("SnapshotWriter", () => {
  it("writes a large snapshot piece by piece after its commit; it counts once it is whole", () => {
    const { db, writer, commit } = begun();
    commit(1, 5, large(5));
    expect(states(db)).toBe(0);
    writer.step();
    expect(states(db)).toBeGreaterThan(0);
    expect(positions(db)).toEqual([]);
    commit(6, 7);
    expect(rest(writer)).toBeGreaterThan(3);
    expect(positions(db)).toEqual([5]);
    expect(isWhole(db, large(5))).toBe(true);
  });

  it("finishes what waits before the database is closed, the newest last", () => {
    const { db, writer, commit } = begun();
    commit(1, 5, large(5));
    writer.step();
    commit(6, 6, large(6));
    commit(7, 7, large(7));
    writer.finish();
    // The one between was never begun.
    expect(positions(db)).toEqual([5, 7]);
    expect(isWhole(db, large(7))).toBe(true);
  });

  it("deletes what a crash left of one, and what retention lets go", () => {
    const { file, db, writer, commit } = begun();
    commit(1, 5, large(5));
    rest(writer);
    commit(6, 6, large(6));
    writer.step();
    const partly = Number(states(db));
    expect(partly).toBeGreaterThan(KEYS);
    db.close();
    const again = open(file);
    expect(positions(again.db)).toEqual([5]);
    rest(again.writer);
    expect(states(again.db)).toBe(KEYS);
    expect(isWhole(again.db, large(5))).toBe(true);
  });

  it("keeps as many snapshots as retention says, and no states of others", () => {
    const { db, writer, commit } = begun();
    for (let position = 1; position <= 6; position++) {
      commit(position, position, large(position));
      rest(writer);
    }
    expect(positions(db).slice(-2)).toEqual([5, 6]);
    expect(states(db)).toBe(KEYS * positions(db).length);
  });

  it("gives a snapshot up when there is no room, and the journal goes on", () => {
    const { db, writer, commit } = begun();
    commit(1, 5, large(5));
    const pages = Number(db.pragma("page_count", { simple: true }));
    db.pragma(`max_page_count = ${pages + 150}`);
    expect(() => rest(writer)).toThrow(/full/);
    expect(rest(writer)).toBeGreaterThan(0);
    expect([positions(db), states(db)]).toEqual([[], 0]);
    db.pragma("max_page_count = 1000000");
    commit(6, 6, large(6));
    rest(writer);
    expect(positions(db)).toEqual([6]);
  });

  it("forgets what waits when the pipeline starts again", () => {
    const { db, writer, commit } = begun();
    commit(1, 5, large(5));
    writer.step();
    writer.apply([{ kind: "start-again", pipeline: "a", now: 0 }]);
    rest(writer);
    expect([positions(db), states(db)]).toEqual([[], 0]);
  });
});
