import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { commitRows } from "../../src/store/commit-rows.js";
import { openForWriting } from "../../src/store/database-file.js";
import { type Commit, openStore, type Page } from "../../src/store/index.js";
import { MIGRATIONS, migrate } from "../../src/store/schema.js";
import { Writer } from "../../src/store/writer.js";
import { alertChange, commitOf, event, identity, newDirectory, sample } from "./rows.js";

const at = (position: number, key: string) => event(position, { sample: sample(position, { key }) });

function page(key: string, position: number, heard: number | null = null): Page {
  const entry = { slot: "sequence", version: 2, key, bytes: new Uint8Array(100) };
  return { key, position, heard, due: null, entries: [entry] };
}

function begun() {
  const file = join(newDirectory(), "eddy.sqlite");
  const db = openForWriting(file, { durability: "none" });
  onTestFinished(() => void db.close());
  migrate(db, file);
  const writer = new Writer(db);
  const apply = (...commits: Partial<Commit>[]) =>
    writer.apply(
      commits.map((more) => ({
        ...{ kind: "commit", pipeline: "a", cursors: [], now: 0 },
        rows: commitRows(commitOf(more)),
      })),
    );
  const rows = () => db.prepare("SELECT id, key, events FROM keys ORDER BY id").raw().all();
  const pages = () => db.prepare("SELECT count(*) FROM pages").pluck().get();
  return { db, apply, rows, pages };
}

describe("a commit that forgets keys", () => {
  it("deletes their rows and pages, and writes what comes of them after it", () => {
    const { apply, rows, pages } = begun();
    apply({ events: [at(1, "x"), at(2, "y"), at(3, "z")], pages: [page("x", 3), page("y", 3)] });
    apply({ forgotten: ["x", "z", "nobody"], events: [at(4, "z")] });
    expect(rows()).toEqual([
      [2, "y", 2],
      [3, "z", 4],
    ]);
    expect(pages()).toBe(1);
  });

  it("gives a number to another key without mixing them up, in one transaction too", () => {
    const { apply, rows } = begun();
    apply({ events: [at(1, "x"), at(2, "y")] });
    expect(
      apply({ events: [at(3, "y")] }, { forgotten: ["y"] }, { events: [at(4, "new")] }, { events: [] }),
    ).toEqual([undefined, undefined, undefined, undefined]);
    apply({ events: [at(5, "new"), at(6, "y")] });
    expect(rows()).toEqual([
      [1, "x", 1],
      [2, "new", 5],
      [3, "y", 6],
    ]);
  });

  it("forgets nobody when it fails", () => {
    const { apply, rows, pages } = begun();
    apply({ events: [at(1, "x"), at(2, "y")], pages: [page("x", 2)] });
    expect(apply({ forgotten: ["x"], events: [at(2, "y")] })).not.toEqual([undefined]);
    apply({ events: [at(3, "x")] });
    expect(rows()).toEqual([
      [1, "x", 3],
      [2, "y", 2],
    ]);
    expect(pages()).toBe(1);
  });
});

describe("PipelineReader.lookForGone()", () => {
  function opened(directory = newDirectory()) {
    const store = openStore(directory, { durability: "none", retention: { bytes: 1 } });
    onTestFinished(() => store.close());
    const pipeline = store.pipeline("pump", identity);
    const swept = async (to: number) => {
      while (pipeline.clearedUpTo() < to) await pipeline.commit(commitOf());
    };
    return { store, pipeline, swept };
  }

  it("finds, stretch by stretch, keys of which nothing else is left", async () => {
    const { pipeline, swept } = opened();
    await pipeline.commit(
      commitOf({
        events: [1, 2, 3, 4, 5].map((position) => at(position, `k${position}`)),
        pages: [page("", 5), page("k1", 4), page("k2", 4, 2), page("k3", 3), page("k4", 4)],
      }),
    );
    expect(pipeline.lookForGone(undefined, 10)).toEqual({ found: [], at: undefined });
    await pipeline.commit(commitOf({ snapshot: { position: 5, entries: [] } }));
    await pipeline.commit(commitOf({ events: [at(6, "k6")], snapshot: { position: 6, entries: [] } }));
    const snapshot = { position: 7, entries: [] };
    await pipeline.commit(commitOf({ events: [at(7, "k6")], pages: [page("k5", 7)], snapshot }));
    await swept(5);
    const { found, at: place } = pipeline.lookForGone(undefined, 2);
    const { found: more, at: end } = pipeline.lookForGone(place, 3);
    expect([...found, ...more].sort()).toEqual(["k1", "k3", "k4"]);
    expect(found).toEqual(["k3", "k1"]);
    expect(end).toBeUndefined();
  });

  it("finds nobody of whom there may be an alert that is still to be announced", async () => {
    const { pipeline, swept } = opened();
    pipeline.advance("alert", 0);
    await pipeline.commit(
      commitOf({ events: [{ ...at(1, "x"), change: alertChange() }], pages: [page("x", 1)] }),
    );
    for (const position of [2, 3, 4]) {
      await pipeline.commit(commitOf({ events: [at(position, "y")], snapshot: { position, entries: [] } }));
    }
    for (let turn = 0; turn < 20; turn++) await pipeline.commit(commitOf());
    expect(pipeline.clearedUpTo()).toBe(0);
    pipeline.advance("alert", 1);
    await swept(1);
    expect(pipeline.lookForGone(undefined, 10).found).toEqual(["x"]);
  });

  it("finds those that an older Eddy has left", async () => {
    const directory = newDirectory();
    const file = join(directory, "eddy.sqlite");
    const db = new Sqlite(file);
    migrate(db, file, MIGRATIONS.slice(0, 3));
    db.exec(`
      INSERT INTO meta VALUES ('instance', '0123456789ab');
      INSERT INTO pipelines (id, name, position, stepped, cut) VALUES (1, 'pump', 9, 9, 5);
      INSERT INTO keys (id, pipeline, key, events) VALUES (1, 1, 'old', 3), (2, 1, 'new', 3);
      INSERT INTO pages (pipeline, key, position, heard, body) VALUES (1, 1, 4, NULL, x''), (1, 2, 4, 7, x'');
    `);
    db.close();
    const { pipeline } = opened(directory);
    expect(pipeline.lookForGone(undefined, 10).found).toEqual(["old"]);
  });
});
