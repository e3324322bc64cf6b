import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore, openStoreForReading } from "../../src/store/index.js";
import { MIGRATIONS, migrate } from "../../src/store/schema.js";
import { events, identity, newDirectory } from "./rows.js";

const withCode = (code: string) =>
  expect.objectContaining({ code, message: expect.stringMatching(/^Cannot /) });

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function written(): Promise<{ directory: string; file: string }> {
  const directory = newDirectory();
  const store = openStore(directory);
  await store.pipeline("pump", identity).commit(events(1, 200));
  await store.close();
  return { directory, file: join(directory, "eddy.sqlite") };
}

function change(file: string, sql: string): void {
  const db = new Sqlite(file);
  db.exec(sql);
  db.close();
}

describe("migrate()", () => {
  it("brings an older schema up to date step by step and keeps its rows", () => {
    const db = new Sqlite(":memory:");
    onTestFinished(() => void db.close());
    const first = "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);";
    migrate(db, "test", [first]);
    migrate(db, "test", [
      first,
      "ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 7",
      "INSERT INTO t VALUES (2, 8)",
    ]);
    expect(db.prepare("SELECT a, b FROM t").raw().all()).toEqual([
      [1, 7],
      [2, 8],
    ]);
    expect(db.pragma("user_version", { simple: true })).toBe(3);
  });

  it("leaves the version before a migration that fails, and nothing of it", () => {
    const db = new Sqlite(":memory:");
    onTestFinished(() => void db.close());
    const history = [
      "CREATE TABLE t (a INTEGER)",
      "CREATE TABLE u (a INTEGER); INSERT INTO missing VALUES (1)",
    ];
    expect(() => migrate(db, "test", history)).toThrow("missing");
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    expect(db.prepare("SELECT name FROM sqlite_schema").pluck().all()).toEqual(["t"]);
  });
});

describe("openStore()", () => {
  it("makes the directory, one identity for it, and keeps both", async () => {
    const directory = join(newDirectory(), "deep", "er");
    const first = openStore(directory);
    expect(first.instanceId).toMatch(/^[0-9a-f]{12}$/);
    expect(first.bytes()).toBeGreaterThan(0);
    await first.close();
    const second = openStore(directory);
    expect(second.instanceId).toBe(first.instanceId);
    await second.close();
  });

  it("refuses the schema of a newer Eddy, and leaves the directory free", async () => {
    const { directory, file } = await written();
    change(file, `PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    expect(thrown(() => openStore(directory))).toEqual(withCode("STORE_TOO_NEW"));
    expect(thrown(() => openStoreForReading(directory))).toEqual(withCode("STORE_TOO_NEW"));
    change(file, `PRAGMA user_version = ${MIGRATIONS.length}`);
    await openStore(directory).close();
  });

  it("refuses another program's database", () => {
    const directory = newDirectory();
    change(join(directory, "eddy.sqlite"), "CREATE TABLE theirs (a)");
    expect(thrown(() => openStore(directory))).toEqual(withCode("STORE_NOT_EDDYS"));
  });

  it("refuses a file that is no database", () => {
    const directory = newDirectory();
    writeFileSync(join(directory, "eddy.sqlite"), "time,key,value\n".repeat(1000));
    expect(thrown(() => openStore(directory))).toEqual(withCode("STORE_NOT_A_DATABASE"));
    expect(thrown(() => openStoreForReading(directory))).toEqual(withCode("STORE_NOT_A_DATABASE"));
  });

  it("refuses a damaged database", async () => {
    const { directory, file } = await written();
    const db = new Sqlite(file);
    const root = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'meta'").pluck().get());
    const pageBytes = Number(db.pragma("page_size", { simple: true }));
    db.close();
    const handle = openSync(file, "r+");
    writeSync(handle, Buffer.alloc(pageBytes, 0xee), 0, pageBytes, (root - 1) * pageBytes);
    closeSync(handle);
    expect(thrown(() => openStore(directory))).toEqual(withCode("STORE_CORRUPT"));
  });

  it("refuses a path that is no folder, or in which there can be none", () => {
    const file = join(newDirectory(), "file");
    writeFileSync(file, "");
    expect(thrown(() => openStore(file))).toEqual(withCode("DATA_DIRECTORY_NOT_ACCESSIBLE"));
    expect(thrown(() => openStore(join(file, "data")))).toEqual(withCode("DATA_DIRECTORY_NOT_ACCESSIBLE"));
  });

  // Root may write everywhere: there is nothing to refuse.
  const isRoot = process.getuid?.() === 0;
  if (!isRoot)
    it("refuses a folder that cannot be written", () => {
      const directory = join(newDirectory(), "read-only");
      mkdirSync(directory, { mode: 0o555 });
      expect(thrown(() => openStore(directory))).toEqual(withCode("DATA_DIRECTORY_NOT_ACCESSIBLE"));
    });
});

describe("openStoreForReading()", () => {
  it("refuses a directory that Eddy has not written to", () => {
    const directory = newDirectory();
    expect(thrown(() => openStoreForReading(directory))).toEqual(withCode("NO_STORE"));
    expect(thrown(() => openStoreForReading(join(directory, "none")))).toEqual(withCode("NO_STORE"));
  });

  it("refuses an older schema, which only a writer may bring up to date", () => {
    const directory = newDirectory();
    writeFileSync(join(directory, "eddy.sqlite"), "");
    expect(thrown(() => openStoreForReading(directory))).toEqual(withCode("STORE_TOO_OLD"));
  });

  it("names the pipelines there are when it is asked for another", async () => {
    const { directory } = await written();
    const store = openStoreForReading(directory);
    onTestFinished(() => store.close());
    expect(thrown(() => store.pipeline("pmup"))).toEqual(withCode("NO_SUCH_PIPELINE"));
    expect(() => store.pipeline("pmup")).toThrow('found "pump"');
    expect(store.pipeline("pump").journal(0, 1000)).toHaveLength(200);
  });
});
