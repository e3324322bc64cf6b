import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Rng } from "../../src/core/index.js";
import { openStore, openStoreForReading } from "../../src/store/index.js";
import { commitOf, event, events, identity, newDirectory, range, sample, snapshot } from "./rows.js";

const COMMITTER = fileURLToPath(new URL("fixtures/commit-forever.mjs", import.meta.url));

/** Lets a process commit until it has said `lines` positions, kills it, and returns what it said. */
async function commitAndKill(directory: string, lines: number): Promise<number[]> {
  const child = spawn(process.execPath, [COMMITTER, directory, "power-loss"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  const said: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(Number(line));
    // What it says after this is taken as well: it runs on until the signal reaches it.
    if (said.length === lines) child.kill("SIGKILL");
  }
  expect(await ended).toBe("SIGKILL");
  return said;
}

describe("Store after kill -9", () => {
  it("has every fulfilled commit whole, a journal without holes, and lets the next process in", async () => {
    const directory = newDirectory();
    const rng = new Rng(11);
    let before = 0;
    for (let round = 0; round < 4; round++) {
      const said = await commitAndKill(directory, 1 + rng.integer(150));
      const store = openStore(directory);
      const pipeline = store.pipeline("pump");
      const last = pipeline.lastPosition();
      expect(last).toBeGreaterThanOrEqual(Math.max(...said));
      expect(Math.min(...said)).toBeGreaterThan(before);
      expect(pipeline.journal(0, last + 1).map(({ position }) => position)).toEqual(range(1, last));
      expect(pipeline.outputs(0, last + 1)).toHaveLength(last);
      expect(pipeline.journal(last - 1, 1)[0]?.sample.values).toEqual({ v: last / 3 });
      const ids = new Set(pipeline.ledger().map(({ packetId }) => packetId));
      expect(said.filter((position) => !ids.has(position))).toEqual([]);
      before = last;
      await store.close();
    }
  });
});

describe("openStore()", () => {
  it("refuses a directory in use, in this process or another, until it is closed", async () => {
    const directory = newDirectory();
    const store = openStore(directory);
    const inUse = expect.objectContaining({ code: "DATA_DIRECTORY_IN_USE" });
    const opening = () => openStore(directory);
    expect(opening).toThrow(inUse);
    const child = spawn(process.execPath, [COMMITTER, directory, "none"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) said.push(line);
    expect(said.join("\n")).toContain("DATA_DIRECTORY_IN_USE");
    await store.close();
    await opening().close();
  });
});

describe("Store", () => {
  it("fulfils commits of all pipelines in order", async () => {
    const store = openStore(newDirectory(), { durability: "none" });
    onTestFinished(() => store.close());
    const pipelines = ["a", "b", "c"].map((name) => store.pipeline(name));
    const order: number[] = [];
    const commits = range(0, 299).map((i) => {
      const pipeline = pipelines[i % 3];
      if (i % 5 === 0) pipeline?.advance("prediction", i);
      const position = 1 + Math.floor(i / 3);
      return pipeline?.commit(events(position, position)).then(() => order.push(i));
    });
    await Promise.all(commits);
    expect(order).toEqual(range(0, 299));
  });

  it("lets readers see what is committed while the writer is busy", async () => {
    const directory = newDirectory();
    const store = openStore(directory, { durability: "none" });
    onTestFinished(() => store.close());
    const pipeline = store.pipeline("pump", identity);
    await pipeline.commit(events(1, 10));
    const reader = openStoreForReading(directory);
    onTestFinished(() => reader.close());
    let underWay = 20;
    const commits = range(1, underWay).map(async (batch) => {
      await pipeline.commit(events(500 * batch, 500 * batch + 499));
      underWay--;
    });
    let seen = 0;
    while (underWay > 0) {
      const last = reader.pipeline("pump").lastPosition();
      expect(reader.pipeline("pump").journal(last - 1, 10).length).toBeGreaterThan(0);
      expect(last).toBeGreaterThanOrEqual(seen);
      seen = last;
      await new Promise(setImmediate);
    }
    await Promise.all(commits);
    expect(reader.pipeline("pump").lastPosition()).toBe(10_499);
  });

  it("finishes at close what was handed over, and takes nothing after it", async () => {
    const directory = newDirectory();
    const store = openStore(directory);
    const pipeline = store.pipeline("pump");
    const commits = range(1, 50).map((position) => pipeline.commit(events(position, position)));
    pipeline.advance("alert", 3);
    const closed = store.close();
    expect(store.close()).toBe(closed);
    await expect(pipeline.commit(events(51, 51))).rejects.toMatchObject({ code: "STORE_CLOSED" });
    await Promise.all(commits);
    await closed;
    await expect(pipeline.commit(events(51, 51))).rejects.toMatchObject({ code: "STORE_CLOSED" });
    expect(readdirSync(directory).sort()).toEqual(["eddy.sqlite", "lock.sqlite"]);
    const reader = openStoreForReading(directory);
    expect(reader.pipeline("pump").lastPosition()).toBe(50);
    expect(reader.pipeline("pump").cursor("alert")).toBe(3);
    reader.close();
  });

  it("rejects a commit that cannot be stored, with the writer's reason", async () => {
    const store = openStore(newDirectory());
    onTestFinished(() => store.close());
    const bad = commitOf({ events: [event(1, { sample: sample(1, { time: Number.NaN }) })] });
    const [first, second] = await Promise.allSettled([
      store.pipeline("pump").commit(bad),
      store.pipeline("fan").commit(events(1, 1)),
    ]);
    expect(first).toMatchObject({ status: "rejected", reason: { code: "STORE_BAD_ROW" } });
    expect(second?.status).toBe("fulfilled");
  });
});

describe("PipelineStore.advance()", () => {
  it("is written with the next commit, and known at once", async () => {
    const directory = newDirectory();
    const store = openStore(directory);
    onTestFinished(() => store.close());
    const pipeline = store.pipeline("pump");
    pipeline.advance("prediction", 7);
    expect(pipeline.cursor("prediction")).toBe(7);
    expect(() => pipeline.advance("prediction", 6)).toThrow(
      expect.objectContaining({ code: "CURSOR_BACKWARDS" }),
    );
    await pipeline.commit(commitOf());
    const reader = openStoreForReading(directory);
    expect(reader.pipeline("pump").cursor("prediction")).toBe(7);
    expect(reader.pipeline("pump").cursor("dead-letter")).toBe(0);
    reader.close();
  });

  it("is written with a commit once it has moved by 128 since it was last written", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const directory = newDirectory();
    const store = openStore(directory);
    onTestFinished(() => store.close());
    const pipeline = store.pipeline("pump");
    const reader = openStoreForReading(directory);
    onTestFinished(() => reader.close());
    const written: number[] = [];
    for (const place of [7, 134, 135, 200]) {
      pipeline.advance("prediction", place);
      await pipeline.commit(commitOf());
      written.push(reader.pipeline("pump").cursor("prediction"));
    }
    expect(written).toEqual([7, 7, 135, 135]);
    expect(pipeline.cursor("prediction")).toBe(200);
    await pipeline.flush();
    expect(reader.pipeline("pump").cursor("prediction")).toBe(200);
  });

  it("is written within a second when nothing is committed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const directory = newDirectory();
    const store = openStore(directory);
    onTestFinished(() => store.close());
    const pipeline = store.pipeline("pump");
    await pipeline.commit(commitOf());
    pipeline.advance("alert", 9);
    vi.advanceTimersByTime(1_000);
    const reader = openStoreForReading(directory);
    onTestFinished(() => reader.close());
    while (reader.pipeline("pump").cursor("alert") !== 9) await new Promise(setImmediate);
  });
});

describe("Store.backup()", () => {
  it("makes a consistent copy while commits go on, which opens as a data directory", async () => {
    const directory = newDirectory();
    const store = openStore(directory, { durability: "none" });
    onTestFinished(() => store.close());
    const pipeline = store.pipeline("pump", identity);
    await pipeline.commit(events(1, 5_000, { snapshot: snapshot(5_000) }));
    const file = join(directory, "copy.sqlite");
    const commits = range(51, 100).map((batch) => pipeline.commit(events(100 * batch - 99, 100 * batch)));
    await Promise.all([store.backup(file), ...commits]);

    const restored = join(directory, "restored");
    mkdirSync(restored);
    copyFileSync(file, join(restored, "eddy.sqlite"));
    const copy = openStore(restored);
    onTestFinished(() => copy.close());
    const last = copy.pipeline("pump").lastPosition();
    expect(last).toBeGreaterThanOrEqual(5_000);
    expect(last % 100).toBe(0);
    expect(copy.pipeline("pump").journal(0, 20_000)).toHaveLength(last);
    expect(copy.pipeline("pump").newestSnapshot()).toEqual(snapshot(5_000));
    expect(copy.instanceId).toBe(store.instanceId);
  });

  it("refuses to overwrite a file and leaves nothing half done", async () => {
    const directory = newDirectory();
    const store = openStore(directory);
    onTestFinished(() => store.close());
    const file = join(directory, "copy.sqlite");
    writeFileSync(file, "mine");
    await expect(store.backup(file)).rejects.toMatchObject({ code: "BACKUP_EXISTS" });
    await expect(store.backup(join(directory, "none", "copy.sqlite"))).rejects.toMatchObject({
      code: "STORE_NOT_ACCESSIBLE",
    });
    expect(existsSync(`${file}.partial`)).toBe(false);
  });

  it("works from a reader beside the process that writes", async () => {
    const directory = newDirectory();
    const store = openStore(directory);
    onTestFinished(() => store.close());
    await store.pipeline("pump").commit(events(1, 10));
    const reader = openStoreForReading(directory);
    onTestFinished(() => reader.close());
    const file = join(directory, "copy.sqlite");
    await reader.backup(file);
    const copy = new Sqlite(file, { readonly: true });
    expect(copy.prepare("SELECT count(*) FROM samples").pluck().get()).toBe(10);
    expect(copy.prepare("SELECT key FROM predictions WHERE position = 4").pluck().get()).toBe("k1");
    copy.close();
  });
});
