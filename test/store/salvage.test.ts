import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { openStore, type Snapshot } from "../../src/store/index.js";
import { checkDatabase, salvage } from "../../src/store/salvage.js";
import { temporaryFolder } from "../support/temporary.js";
import { events } from "./rows.js";

const root = temporaryFolder();
const PAGE = 4096;
const ROWS = 4000;

/** States of forty keys, a few hundred bytes each. */
function snapshot(position: number): Snapshot {
  const bytes = new Uint8Array(600).fill(position % 251);
  const entries = Array.from({ length: 40 }, (_, i) => ({ slot: "cells", version: 1, key: `k${i}`, bytes }));
  return { position, entries };
}

/** A data directory with a journal, outputs and two snapshots. */
async function written(): Promise<string> {
  const directory = mkdtempSync(join(root, "data-"));
  const store = openStore(directory, { durability: "none" });
  const pipeline = store.pipeline("pump", { fingerprint: "f", numerics: "1", spec: "{}" });
  for (let from = 1; from <= ROWS; from += 500) {
    await pipeline.commit({ ...events(from, from + 499), snapshot: snapshot(from + 499) });
  }
  await store.close();
  return directory;
}

/** Writes nonsense over pages. */
function damage(directory: string, pages: readonly number[]): void {
  const file = openSync(join(directory, "eddy.sqlite"), "r+");
  for (const page of pages) writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, (page - 1) * PAGE);
  closeSync(file);
}

describe("salvage()", () => {
  it("keeps every row of a database that is whole", async () => {
    const directory = await written();
    expect(checkDatabase(directory)).toEqual([]);
    const report = salvage(directory, 0);
    expect(report.tables.every(({ isDamaged }) => !isDamaged)).toBe(true);
    expect(report.pipelines).toMatchObject([{ name: "pump", position: ROWS, lost: 0 }]);
    const store = openStore(directory);
    const pipeline = store.pipeline("pump");
    expect(pipeline.counts()).toMatchObject({ events: ROWS });
    expect(pipeline.journal(0, ROWS + 1)).toHaveLength(ROWS);
    expect(pipeline.newestSnapshot()?.position).toBe(ROWS);
    await store.close();
  });

  it("gives an intact database from one with any damaged pages, and takes commits again", async () => {
    const rng = new Rng(3);
    const whole = await written();
    const bytes = readFileSync(join(whole, "eddy.sqlite"));
    const pages = bytes.length / PAGE;
    let kept = 0;
    const rounds = 10;
    for (let round = 0; round < rounds; round++) {
      const directory = mkdtempSync(join(root, "damaged-"));
      writeFileSync(join(directory, "eddy.sqlite"), bytes);
      // The first pages hold the schema: without it there is nothing to be had.
      const chosen = Array.from({ length: 1 + rng.integer(3) }, () => 20 + rng.integer(pages - 20));
      damage(directory, chosen);
      const { damaged, pipelines } = salvage(directory, 0);
      expect(existsSync(damaged)).toBe(true);
      expect(checkDatabase(directory)).toEqual([]);
      const store = openStore(directory);
      const pipeline = store.pipeline("pump");
      const journal = pipeline.journal(0, ROWS + 1);
      const [found] = pipelines;
      expect(journal.length).toBe((found?.position ?? 0) - (found?.lost ?? 0));
      const last = pipeline.lastPosition();
      const newest = pipeline.newestSnapshot();
      if (newest && newest.entries.length > 0) expect(newest.entries).toHaveLength(40);
      await pipeline.commit(events(last + 1, last + 10));
      expect(pipeline.lastPosition()).toBe(last + 10);
      await store.close();
      kept += journal.length;
    }
    // A page holds some dozens of rows: nearly all are there.
    expect(kept / (rounds * ROWS)).toBeGreaterThan(0.9);
  });

  it("says when nothing can be saved", async () => {
    const directory = await written();
    writeFileSync(
      join(directory, "eddy.sqlite"),
      "no database at all, but some other text that is long enough",
    );
    expect(() => salvage(directory, 0)).toThrow(/expected an SQLite database, found some other kind of file/);
    expect(checkDatabase(directory)[0]).toMatch(/some other kind of file/);
  });

  it("leaves a directory alone that is in use", async () => {
    const directory = await written();
    const store = openStore(directory);
    expect(() => salvage(directory, 0)).toThrow(/one that no running Eddy uses/);
    await store.close();
  });
});
