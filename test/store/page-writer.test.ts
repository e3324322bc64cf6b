import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { commitRows } from "../../src/store/commit-rows.js";
import { openForWriting } from "../../src/store/database-file.js";
import type { Commit, Page } from "../../src/store/index.js";
import { migrate } from "../../src/store/schema.js";
import { Writer } from "../../src/store/writer.js";
import { commitOf, events, newDirectory } from "./rows.js";

function page(key: string, position: number, bytes = 100): Page {
  const entry = { slot: "hidden", version: 1, key, bytes: new Uint8Array(bytes).fill(position) };
  return { key, position, heard: position, due: null, entries: [entry] };
}

function begun() {
  const file = join(newDirectory(), "eddy.sqlite");
  const db = openForWriting(file, { durability: "none" });
  onTestFinished(() => void db.close());
  migrate(db, file);
  const writer = new Writer(db);
  let last = 0;
  const apply = (commit: Commit) => {
    const change = { kind: "commit", pipeline: "a", cursors: [], now: 0 } as const;
    return writer.apply([{ ...change, rows: commitRows(commit) }]);
  };
  /** Events up to a position, and what comes with them. */
  const commit = (to: number, more: Partial<Commit> = {}) => {
    const done = apply(to > last ? events(last + 1, to, more) : commitOf(more));
    if (done[0] === undefined) last = to;
    return done;
  };
  return { db, writer, commit };
}

const snapshots = (db: Database) =>
  db.prepare("SELECT position FROM snapshots WHERE gone = 0 ORDER BY position").pluck().all();
/** `key@position` of all pages. */
const pages = (db: Database) =>
  db
    .prepare(
      "SELECT k.key || '@' || p.position FROM pages p JOIN keys k ON k.id = p.key ORDER BY k.key, p.position",
    )
    .pluck()
    .all();
function rest(writer: Writer): number {
  let steps = 0;
  while (writer.step()) steps++;
  return steps;
}

describe("PageWriter", () => {
  it("keeps a page that a snapshot has seen, and replaces one that none has", () => {
    const { db, commit } = begun();
    commit(5, { pages: [page("x", 4), page("y", 5)] });
    commit(6, { pages: [page("x", 6)] });
    expect(pages(db)).toEqual(["x@6", "y@5"]);
    commit(7, { snapshot: { position: 7, entries: [] } });
    commit(8, { pages: [page("x", 8)] });
    expect(pages(db)).toEqual(["x@6", "x@8", "y@5"]);
  });

  it("keeps the pages of a snapshot that is under way from those that come later", () => {
    const { db, commit } = begun();
    commit(5, { pages: [page("x", 5)], begun: 5 });
    commit(6, { pages: [page("x", 6)], begun: 5 });
    expect(pages(db)).toEqual(["x@5", "x@6"]);
    commit(7, { pages: [page("y", 5)], snapshot: { position: 5, entries: [], pages: 3 } });
    expect(snapshots(db)).toEqual([5]);
    expect(pages(db)).toEqual(["x@5", "x@6", "y@5"]);
  });

  it("takes no snapshot for whole of whose pages some are missing", () => {
    const { db, writer, commit } = begun();
    commit(5);
    const size = Number(db.pragma("page_count", { simple: true }));
    db.pragma(`max_page_count = ${size}`);
    const many = Array.from({ length: 50 }, (_, i) => page(`k${i}`, 5, 10_000));
    expect(commit(5, { pages: many })[0]).toMatchObject({ code: "STORE_FULL" });
    db.pragma("max_page_count = 1000000");
    // What came behind the one that failed went through.
    expect(commit(5, { pages: [page("x", 5)], snapshot: { position: 5, entries: [], pages: 51 } })).toEqual([
      undefined,
    ]);
    expect(snapshots(db)).toEqual([]);
    commit(5, { pages: many });
    commit(6, { pages: [page("x", 6)], snapshot: { position: 6, entries: [], pages: 52 } });
    expect(snapshots(db)).toEqual([6]);
    writer.apply([{ kind: "forget-pages", pipeline: "a", position: 6, now: 0 }]);
    commit(7, { pages: [page("x", 7)], snapshot: { position: 7, entries: [], pages: 1 } });
    expect(snapshots(db)).toEqual([6, 7]);
  });

  it("lets pages go with the snapshots that wanted them, and keeps a silent key's newest", () => {
    const { db, writer, commit } = begun();
    commit(1, { pages: [page("silent", 1)] });
    for (let position = 2; position <= 100; position++) {
      const own = position % 10 === 0 ? [page("seldom", position)] : [];
      commit(position, {
        pages: [page("often", position), ...own],
        snapshot: { position, entries: [] },
      });
      rest(writer);
    }
    const kept = snapshots(db) as number[];
    expect(kept.length).toBeLessThan(14);
    const newestUpTo = (position: number, every: number) => Math.floor(position / every) * every;
    const due = new Set(
      kept.flatMap((position) => {
        const seldom = newestUpTo(position, 10);
        return [`often@${position}`, "silent@1", ...(seldom > 0 ? [`seldom@${seldom}`] : [])];
      }),
    );
    expect(new Set(pages(db))).toEqual(due);
    expect(db.prepare("SELECT count(*) FROM snapshots WHERE gone = 1").pluck().get()).toBe(0);
  });

  it("deletes piece by piece, and goes on after a start", () => {
    const { db, writer, commit } = begun();
    const all = (position: number) => Array.from({ length: 30 }, (_, i) => page(`k${i}`, position, 100_000));
    for (let position = 1; position <= 20; position++)
      commit(position, { pages: all(position), snapshot: { position, entries: [] } });
    const before = pages(db).length;
    expect(writer.step()).toBe(true);
    expect(pages(db).length).toBeLessThan(before);
    const again = new Writer(db);
    expect(rest(again)).toBeGreaterThan(3);
    expect(pages(db).length).toBe(30 * snapshots(db).length);
  });

  it("forgets pages after a position, and all when the pipeline starts again", () => {
    const { db, writer, commit } = begun();
    commit(9, { pages: [page("x", 3), page("y", 9)], snapshot: { position: 3, entries: [] } });
    writer.apply([{ kind: "forget-pages", pipeline: "a", position: 3, now: 0 }]);
    expect(pages(db)).toEqual(["x@3"]);
    writer.apply([{ kind: "start-again", pipeline: "a", now: 0 }]);
    expect([pages(db), snapshots(db)]).toEqual([[], []]);
  });
});
