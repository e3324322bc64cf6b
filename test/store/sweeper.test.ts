import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ManualClock } from "../../src/core/index.js";
import { commitRows } from "../../src/store/commit-rows.js";
import { bytesOnDisk, openForWriting } from "../../src/store/database-file.js";
import { openStore, type PipelineStore, type Retention } from "../../src/store/index.js";
import { migrate } from "../../src/store/schema.js";
import { Sweeper } from "../../src/store/sweeper.js";
import { Writer } from "../../src/store/writer.js";
import { alertChange, commitOf, event, events, identity, newDirectory, range, snapshot } from "./rows.js";

const HOUR = 3_600_000;

function newStore(retention: Retention) {
  const clock = new ManualClock(0);
  const problems: Error[] = [];
  const store = openStore(newDirectory(), {
    durability: "none",
    retention,
    clock,
    onProblem: (error) => problems.push(error),
  });
  onTestFinished(() => store.close());
  return { store, clock, problems, pipeline: store.pipeline("pump", identity) };
}

/** One event per hour, a snapshot with each, arrival = the clock. */
async function commitHours(
  pipeline: PipelineStore,
  clock: ManualClock,
  from: number,
  to: number,
): Promise<void> {
  for (const position of range(from, to)) {
    clock.advance(HOUR);
    const one = event(position);
    await pipeline.commit(
      commitOf({
        events: [{ ...one, sample: { ...one.sample, arrival: clock.now() }, change: alertChange() }],
        snapshot: snapshot(position),
      }),
    );
  }
}

/** The writer sweeps between commits: empty ones give it its turns. */
async function until(pipeline: PipelineStore, isSwept: () => boolean): Promise<void> {
  while (!isSwept()) await pipeline.commit(commitOf());
}

/** The journal after the oldest snapshot has no hole up to the end. */
function expectWhole(pipeline: PipelineStore): void {
  const oldest = () => pipeline.oldestSnapshot()?.position ?? Number.NaN;
  // The sweeper goes on in its thread: what was read belongs together if its cut is the same afterwards.
  for (;;) {
    const from = oldest();
    const to = pipeline.lastPosition();
    const found = pipeline.journal(from, 1e6).map(({ position }) => position);
    if (!Object.is(oldest(), from)) continue;
    expect(found).toEqual(range(from + 1, to));
    return;
  }
}

describe("Retention by age", () => {
  it("lets go of what is too old, up to a snapshot, and keeps the rest whole", async () => {
    const { pipeline, clock } = newStore({ ageMs: 10 * HOUR });
    await commitHours(pipeline, clock, 1, 100);
    const first = () => pipeline.outputs(0, 1)[0]?.position ?? 0;
    await until(pipeline, () => first() > 70 && first() === pipeline.journal(0, 1)[0]?.position);
    expect(first()).toBeLessThanOrEqual(90);
    expect(pipeline.journal(0, 1)[0]?.position).toBe(first());
    expect(pipeline.alerts(0, 1)[0]?.position).toBe(first());
    expect(pipeline.oldestSnapshot()).toEqual(snapshot(first() - 1));
    expectWhole(pipeline);
    expect(pipeline.counts()).toMatchObject({ events: 100, outputs: 100 });
  });

  it("keeps alerts and predictions that are still to be published", async () => {
    const { pipeline, clock } = newStore({ ageMs: 10 * HOUR });
    pipeline.advance("alert", 0);
    pipeline.advance("prediction", 20);
    await commitHours(pipeline, clock, 1, 100);
    for (let turn = 0; turn < 20; turn++) await pipeline.commit(commitOf());
    expect(pipeline.alerts(0, 1000)).toHaveLength(100);
    expect(pipeline.outputs(20, 1000)).toHaveLength(80);
    pipeline.advance("prediction", 100);
    pipeline.advance("alert", 50);
    await pipeline.flush();
    clock.advance(HOUR);
    await until(pipeline, () => pipeline.alerts(0, 1)[0]?.position === 51);
    expect(pipeline.outputs(0, 1)[0]?.position).toBeGreaterThan(60);
    expectWhole(pipeline);
  });

  it("keeps the newest 64 log entries, the network's lineage", async () => {
    const { pipeline, clock } = newStore({ ageMs: HOUR });
    const log = range(1, 100).map((position) => ({
      position,
      slot: "cells",
      kind: "checkpoint",
      why: `${position}`,
      body: new Uint8Array(8),
    }));
    await pipeline.commit(commitOf({ log }));
    await commitHours(pipeline, clock, 1, 100);
    await until(pipeline, () => pipeline.logEntries(0).length < 100);
    expect(pipeline.logEntries(0).map(({ position }) => position)).toEqual(range(37, 100));
  });

  it.each([
    ["judgements that changed nothing", "learner", "learned"],
    ["faults", "fault", "cells"],
  ])("lets %s go with their journal, however few networks there are", async (_what, slot, kind) => {
    const { pipeline, clock } = newStore({ ageMs: HOUR });
    const log = range(1, 100).map((position) => ({
      position,
      ...(position === 1 ? { slot: "learner", kind: "checkpoint" } : { slot, kind }),
      why: "",
      body: new Uint8Array(8),
    }));
    await pipeline.commit(commitOf({ log }));
    await commitHours(pipeline, clock, 1, 100);
    const kept = () => pipeline.logEntries(0).map(({ position }) => position);
    await until(pipeline, () => kept().length < 36);
    const [network, ...judgements] = kept();
    expect(network).toBe(1);
    expect(judgements).toEqual(range(101 - judgements.length, 100));
  });

  it("after startAgain() leaves the empty state where the journal begins", async () => {
    const { pipeline, clock } = newStore({ ageMs: 10 * HOUR });
    await commitHours(pipeline, clock, 1, 50);
    await until(pipeline, () => (pipeline.journal(0, 1)[0]?.position ?? 0) > 1);
    await pipeline.startAgain();
    const origin = (pipeline.journal(0, 1)[0]?.position ?? 0) - 1;
    expect(pipeline.newestSnapshot()).toEqual({ position: origin, entries: [] });
    expect(pipeline.oldestSnapshot()).toEqual({ position: origin, entries: [] });
    expectWhole(pipeline);
  });
});

describe("Retention by size", () => {
  it("keeps the files under the limit while far more is committed, and gives room back", async () => {
    const limit = 3_000_000;
    const { store, pipeline, problems } = newStore({ bytes: limit });
    let largest = 0;
    const letter = (i: number) =>
      ({
        reason: "unreadable",
        detail: "",
        topic: "t",
        arrival: i,
        payload: new Uint8Array(2000),
        bytes: 2000,
      }) as const;
    for (let from = 1; from <= 60_000; from += 500) {
      const deadLetters = range(1, 5).map(letter);
      await pipeline.commit(events(from, from + 499, { snapshot: snapshot(from + 499, 2000), deadLetters }));
      largest = Math.max(largest, store.bytes());
    }
    expect(largest).toBeLessThan(limit);
    expect(problems).toEqual([]);
    expectWhole(pipeline);
    // Not much less is kept than could be.
    const kept = pipeline.lastPosition() - (pipeline.oldestSnapshot()?.position ?? 0);
    expect(kept).toBeGreaterThan(5_000);
    expect(pipeline.deadLetters(0, 10_000).length).toBeGreaterThan(50);
  });

  it("says so once when it cannot be held", async () => {
    const { pipeline, problems } = newStore({ bytes: 200_000 });
    for (let from = 1; from <= 5_000; from += 500) await pipeline.commit(events(from, from + 499));
    expect(problems).toMatchObject([{ code: "RETENTION_NOT_HELD" }]);
    expectWhole(pipeline);
  });
});

describe("Sweeper.step()", () => {
  it("works in small steps and then shrinks the file", () => {
    const file = join(newDirectory(), "eddy.sqlite");
    const db = openForWriting(file, { durability: "none" });
    onTestFinished(() => void db.close());
    migrate(db, file);
    const writer = new Writer(db);
    for (let from = 1; from <= 40_000; from += 1000) {
      const rows = commitRows(events(from, from + 999, { snapshot: snapshot(from + 999) }));
      writer.apply([{ kind: "commit", pipeline: "a", rows, cursors: [], now: 0 }]);
    }
    db.pragma("wal_checkpoint(TRUNCATE)");
    const before = bytesOnDisk(file);
    const left = () => Number(db.prepare("SELECT count(*) FROM samples").pluck().get());
    const sweeper = new Sweeper(db, { ageMs: 1 });
    const steps: number[] = [];
    for (let isMore = true; isMore; ) {
      const was = left();
      isMore = sweeper.step(Number.MAX_SAFE_INTEGER, 0);
      steps.push(was - left());
    }
    expect(Math.max(...steps)).toBe(2_000);
    expect(left()).toBe(1_000);
    db.pragma("wal_checkpoint(TRUNCATE)");
    expect(bytesOnDisk(file)).toBeLessThan(before / 5);
  });
});
