import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { commitRows } from "../../src/store/commit-rows.js";
import { openForWriting } from "../../src/store/database-file.js";
import type { Commit } from "../../src/store/index.js";
import { migrate } from "../../src/store/schema.js";
import { type TimedChange, Writer } from "../../src/store/writer.js";
import { alertChange, commitOf, event, events, newDirectory, sample, snapshot } from "./rows.js";

function newWriter(): { db: Database; writer: Writer } {
  const file = join(newDirectory(), "eddy.sqlite");
  const db = openForWriting(file, { durability: "none" });
  onTestFinished(() => void db.close());
  migrate(db, file);
  return { db, writer: new Writer(db) };
}

function commit(commit: Commit, pipeline = "a"): TimedChange {
  return { kind: "commit", pipeline, rows: commitRows(commit), cursors: [], now: 0 };
}

const codes = (outcomes: readonly (Error | undefined)[]) =>
  outcomes.map((error) => (error && "code" in error ? error.code : error));

const rowCounts = (db: Database) =>
  Object.fromEntries(
    ["samples", "outputs", "alerts", "dead_letters", "log", "snapshots", "pages", "ledger"].map((table) => [
      table,
      db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
    ]),
  );

const badRows: [string, Commit][] = [
  [
    "a time that is no number",
    commitOf({ events: [event(1), event(2, { sample: sample(2, { time: Number.NaN }) })] }),
  ],
  [
    "a time that is no number after a hundred rows",
    commitOf({
      events: [...events(1, 100).events, event(101, { sample: sample(101, { time: Number.NaN }) })],
    }),
  ],
  ["a fractional position", commitOf({ events: [event(1), event(1.5)] })],
  ["a position that does not increase", commitOf({ events: [event(1), event(2), event(2)] })],
  [
    "an alert without a score",
    commitOf({ events: [event(1, { change: alertChange({ score: Number.NaN }) })] }),
  ],
  ["a snapshot ahead of the journal", events(1, 2, { snapshot: snapshot(3) })],
  [
    "a log entry without a position",
    events(1, 2, {
      ledger: [{ packetId: 1, qos: 1, hash: 1 }],
      log: [{ position: Number.NaN, slot: "s", kind: "k", why: "w", body: new Uint8Array(3) }],
      deadLetters: [
        { reason: "unreadable", detail: "", topic: "t", arrival: 0, payload: new Uint8Array(1), bytes: 1 },
      ],
    }),
  ],
];

describe("Writer.apply()", () => {
  it.each(badRows)("rejects a commit with %s and leaves nothing of it", (_, bad) => {
    const { db, writer } = newWriter();
    const [error] = writer.apply([commit(bad)]);
    expect(codes([error])[0]).toMatch(/^(STORE_BAD_ROW|POSITION_NOT_INCREASING|SNAPSHOT_AHEAD)$/);
    expect(Object.values(rowCounts(db)).every((count) => count === 0)).toBe(true);
    expect(codes(writer.apply([commit(events(1, 2))]))).toEqual([undefined]);
    expect(rowCounts(db)).toMatchObject({ samples: 2, outputs: 2, log: 0 });
  });

  it("fails only the bad one of the changes that share a transaction", () => {
    const { db, writer } = newWriter();
    const bad = commitOf({ events: [event(1, { sample: sample(1, { time: Number.NaN }) })] });
    const outcomes = writer.apply([
      commit(events(1, 2)),
      commit(bad, "b"),
      commit(events(3, 4)),
      commit(events(1, 1), "c"),
    ]);
    expect(codes(outcomes)).toEqual([undefined, expect.any(String), undefined, undefined]);
    expect(rowCounts(db)["samples"]).toBe(5);
  });

  it("leaves no hole: what comes after a failed commit fails until that one is tried again", () => {
    const { db, writer } = newWriter();
    const bad = commitOf({ events: [event(3), event(4, { sample: sample(4, { time: Number.NaN }) })] });
    const outcomes = writer.apply([commit(events(1, 2)), commit(bad), commit(events(5, 6))]);
    expect(codes(outcomes)).toEqual([undefined, "STORE_BAD_ROW", "COMMIT_AFTER_FAILURE"]);
    expect(codes(writer.apply([commit(events(5, 6))]))).toEqual(["COMMIT_AFTER_FAILURE"]);
    expect(codes(writer.apply([commit(events(3, 4)), commit(events(5, 6))]))).toEqual([undefined, undefined]);
    expect(db.prepare("SELECT position FROM samples").pluck().all()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("does not take a repeated commit for a hole", () => {
    const { writer } = newWriter();
    writer.apply([commit(events(1, 5))]);
    expect(codes(writer.apply([commit(events(4, 5))]))).toEqual(["POSITION_NOT_INCREASING"]);
    expect(codes(writer.apply([commit(events(6, 7))]))).toEqual([undefined]);
  });

  it("rejects every commit that finds no room on the disk, and goes on when there is some", () => {
    const { db, writer } = newWriter();
    writer.apply([commit(events(1, 10))]);
    const before = rowCounts(db);
    const pages = Number(db.pragma("page_count", { simple: true }));
    db.pragma(`max_page_count = ${pages}`);
    const more = [commit(events(11, 500)), commit(events(501, 900))];
    const [full, after] = writer.apply(more);
    expect(codes([full, after])).toEqual(["STORE_FULL", "COMMIT_AFTER_FAILURE"]);
    expect(full?.message).toBe(
      'Cannot commit pipeline "a": expected room on the disk, found a full one (database or disk is full)',
    );
    expect(rowCounts(db)).toEqual(before);
    db.pragma("max_page_count = 1000000");
    expect(codes(writer.apply(more))).toEqual([undefined, undefined]);
    expect(rowCounts(db)).toMatchObject({ samples: 900, outputs: 900 });
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  });

  it("appends to a few pages, however many keys a commit touches", () => {
    const { db, writer } = newWriter();
    const fresh = (from: number) =>
      commitOf({
        events: Array.from({ length: 100 }, (_, i) =>
          event(from + i, { sample: sample(1, { key: `sensor ${(37 * (from + i)) % 2000}` }) }),
        ),
      });
    for (let from = 1; from <= 4000; from += 100) writer.apply([commit(fresh(from))]);
    db.pragma("wal_checkpoint(TRUNCATE)");
    writer.apply([commit(fresh(4001))]);
    const [state] = db.pragma("wal_checkpoint(PASSIVE)") as { log: number }[];
    // 100 events of 100 keys: rows of samples and outputs, and the counters in keys.
    expect(state?.log).toBeLessThan(50);
  });
});
