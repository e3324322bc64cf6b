import { describe, expect, it, onTestFinished } from "vitest";
import { openStore, openStoreForReading } from "../../src/store/index.js";
import {
  alertChange,
  commitOf,
  event,
  events,
  identity,
  newDirectory,
  prediction,
  sample,
  snapshot,
} from "./rows.js";

function newStore(directory = newDirectory()) {
  const store = openStore(directory, { durability: "none" });
  onTestFinished(() => store.close());
  return store;
}

describe("PipelineStore.commit()", () => {
  it("journals every sample bit for bit, those that were not stepped included", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    const given = [
      sample(1, {
        values: { a: -0, b: 1e-320, c: 2 ** 53, word: "é\u0000\ud800", v: Float64Array.of(-0, 0.1) },
      }),
      sample(2, { key: "a\u0000b", time: 0.125 }),
      sample(3, { key: "a\u0000c", values: {} }),
      sample(4, { key: "\ud800" }),
      sample(5, { key: "\udfff" }),
      sample(6, { key: "漢字 🌊/+#$" }),
    ];
    const notes = ["", "late", "", "", "", ""] as const;
    await pipeline.commit(
      commitOf({
        events: given.map((one, i) =>
          event(i + 1, { sample: one, note: notes[i] ?? "", ...(notes[i] ? { prediction: undefined } : {}) }),
        ),
      }),
    );
    const expected = given.map((one, i) => ({ position: i + 1, sample: one }));
    expect(pipeline.journal(0, 100)).toStrictEqual(expected);
    expect(pipeline.journal(2, 2)).toStrictEqual(expected.slice(2, 4));
    expect(pipeline.outputs(0, 100).map(({ position }) => position)).toEqual([1, 3, 4, 5, 6]);
    expect(new Set(pipeline.keys().map(({ key }) => key))).toEqual(
      new Set(given.filter((_, i) => i !== 1).map(({ key }) => key)),
    );
  });

  it("keeps predictions and alert changes as they were", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    const two = prediction(2, {
      targets: [
        { value: -0, forecast: 0, lower: null, upper: null, residual: -0 },
        { value: 0.1, forecast: -0, lower: -1, upper: 1, residual: 0.1 },
      ],
      next: [
        [
          { steps: 1, forecast: -0, lower: null, upper: 3 },
          { steps: 5, forecast: 2, lower: 0.3, upper: 3 },
        ],
        [],
      ],
      alert: true,
      score: null,
    });
    const change = alertChange();
    await pipeline.commit(
      commitOf({
        events: [event(1), event(2, { prediction: two, change }), event(3, { prediction: undefined })],
      }),
    );
    const { key, time } = sample(2);
    expect(pipeline.outputs(0, 10).map((row) => row.prediction)).toStrictEqual([prediction(1), two]);
    expect(pipeline.outputs(1, 10)[0]).toStrictEqual({ position: 2, key, seq: 2, time, prediction: two });
    expect(pipeline.alerts(0, 10)).toStrictEqual([{ position: 2, key, seq: 2, time, change }]);
    expect(pipeline.lastAlerts(1)).toStrictEqual(pipeline.alerts(0, 10));
    expect(pipeline.counts()).toEqual({
      events: 3,
      noted: 0,
      outputs: 2,
      alerts: 1,
      raised: 1,
      deadLetters: 0,
    });
  });

  it("keeps dead letters, log entries and the ledger, in order", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    const letter = (detail: string, payload: Uint8Array) =>
      ({ reason: "unreadable", detail, topic: "plant/1", arrival: 5, payload, bytes: 70_000 }) as const;
    const entry = (position: number, why: string, body: Uint8Array) =>
      ({ position, slot: "cells", kind: "checkpoint", why, body }) as const;
    // Views into a larger buffer, and changed after the call: the store must have its own copies.
    const shared = Uint8Array.of(9, 1, 2, 3, 9);
    const log = [
      entry(2, "b", shared.subarray(1, 4)),
      entry(1, "a", new Uint8Array(0)),
      entry(2, "c", new Uint8Array(1)),
    ];
    const done = pipeline.commit({
      events: [event(1), event(2)],
      deadLetters: [letter("no", shared.subarray(1, 4)), letter("nor this", new Uint8Array(0))],
      log,
      ledger: [
        { packetId: 7, qos: 1, hash: 1 },
        { packetId: 8, qos: 1, hash: 2 },
        { packetId: 7, qos: 1, hash: 3 },
      ],
    });
    shared.fill(0);
    await done;
    expect(pipeline.deadLetters(0, 10)).toStrictEqual([
      { id: 1, ...letter("no", Uint8Array.of(1, 2, 3)) },
      { id: 2, ...letter("nor this", new Uint8Array(0)) },
    ]);
    expect(pipeline.deadLetters(1, 10)).toHaveLength(1);
    expect(pipeline.logEntries(0).map(({ why }) => why)).toEqual(["a", "b", "c"]);
    expect(pipeline.logEntries(1)[0]).toStrictEqual(entry(2, "b", Uint8Array.of(1, 2, 3)));
    expect(pipeline.ledger()).toStrictEqual([
      { packetId: 8, qos: 1, hash: 2 },
      { packetId: 7, qos: 1, hash: 3 },
    ]);
  });

  it("keeps of each key what is newest, and replaces what is of the same position", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    expect(pipeline.newestSnapshot()).toEqual({ position: 0, entries: [] });
    const first = {
      position: 2,
      entries: [{ slot: "s", version: 3, key: "\ud801", bytes: new Uint8Array(0) }],
    };
    await pipeline.commit(events(1, 2, { snapshot: first }));
    expect(pipeline.newestSnapshot()).toStrictEqual(first);
    const withFirst = (position: number) => ({
      position,
      entries: [...snapshot(position).entries, ...first.entries],
    });
    await pipeline.commit(commitOf({ snapshot: { ...snapshot(1), position: 2 } }));
    await pipeline.commit(commitOf({ snapshot: snapshot(2) }));
    expect(pipeline.newestSnapshot()).toStrictEqual(withFirst(2));
    await pipeline.commit(events(3, 9, { snapshot: snapshot(9) }));
    expect(pipeline.newestSnapshot()).toStrictEqual(withFirst(9));
    expect(pipeline.page("k1")).toStrictEqual({
      ...{ key: "k1", position: 9, heard: null, due: null },
      entries: snapshot(9).entries.slice(1),
    });
    expect(pipeline.page("k2")).toBeUndefined();
    expect(pipeline.oldestSnapshot()).toEqual({ position: 0, entries: [] });
  });

  it("keeps two pipelines apart", async () => {
    const store = newStore();
    const [a, b] = [store.pipeline("a", identity), store.pipeline("b", { ...identity, spec: "{}" })];
    await Promise.all([
      a.commit(events(1, 3, { snapshot: snapshot(3), ledger: [{ packetId: 1, qos: 1, hash: 1 }] })),
      b.commit(commitOf({ events: [event(1, { sample: sample(1, { key: "k1", values: { other: 1 } }) })] })),
    ]);
    a.advance("alert", 2);
    await a.startAgain();
    expect(a.lastPosition()).toBe(3);
    expect(a.outputs(0, 9)).toEqual([]);
    expect(b.lastPosition()).toBe(1);
    expect(b.journal(0, 9).map((row) => row.sample.values)).toEqual([{ other: 1 }]);
    expect(b.outputs(0, 9)).toHaveLength(1);
    expect(b.keys()).toEqual([{ key: "k1", events: 1, lastTime: sample(1).time }]);
    expect(b.ledger()).toEqual([]);
    expect(b.cursor("alert")).toBe(0);
    expect(store.pipelines().map(({ name, identity }) => [name, identity?.spec])).toEqual([
      ["a", identity.spec],
      ["b", "{}"],
    ]);
  });

  it("keeps the newest 4,096 ledger entries and 10,000 dead letters", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    const letter = {
      reason: "unreadable",
      detail: "",
      topic: "t",
      arrival: 0,
      payload: new Uint8Array(0),
      bytes: 0,
    } as const;
    for (let round = 0; round < 6; round++) {
      await pipeline.commit(
        commitOf({
          ledger: Array.from({ length: 1000 }, (_, i) => ({
            packetId: 1000 * round + i,
            qos: 1 as const,
            hash: i,
          })),
          deadLetters: new Array(2000).fill(letter),
        }),
      );
    }
    expect(pipeline.ledger()).toHaveLength(4096);
    expect(pipeline.ledger().at(-1)).toEqual({ packetId: 5999, qos: 1, hash: 999 });
    expect(pipeline.ledger()[0]?.packetId).toBe(6000 - 4096);
    const letters = pipeline.deadLetters(0, 20_000);
    expect(letters).toHaveLength(10_000);
    expect(letters.at(-1)?.id).toBe(12_000);
    expect(pipeline.counts().deadLetters).toBe(12_000);
  });
});

describe("PipelineStore.lastOutputs()", () => {
  it("finds a key's newest outputs, newest last", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    for (const from of [1, 11, 21]) await pipeline.commit(events(from, from + 9));
    const positions = (key: string, count: number) =>
      pipeline.lastOutputs(key, count).map((row) => row.position);
    expect(positions("k0", 3)).toEqual([24, 27, 30]);
    expect(positions("k1", 1)).toEqual([28]);
    expect(positions("k2", 100)).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29]);
    expect(positions("k2", 0)).toEqual([]);
    expect(positions("unknown", 5)).toEqual([]);
  });
});

describe("PipelineStore.startAgain()", () => {
  it("keeps the journal and lets outcomes be committed again over it", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    const late = event(3, { note: "late", prediction: undefined });
    await pipeline.commit(commitOf({ events: [event(1), event(2), late, event(4)], snapshot: snapshot(4) }));
    const journal = pipeline.journal(0, 10);
    await pipeline.startAgain();
    expect(pipeline.journal(0, 10)).toStrictEqual(journal);
    expect(pipeline.newestSnapshot()).toEqual({ position: 0, entries: [] });
    expect([pipeline.lastPosition(), pipeline.steppedPosition()]).toEqual([4, 0]);
    await pipeline.commit(events(1, 3));
    expect(pipeline.steppedPosition()).toBe(3);
    await pipeline.commit(events(4, 5));
    expect(pipeline.outputs(0, 10).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(pipeline.journal(0, 10).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(pipeline.counts()).toMatchObject({ events: 5, outputs: 5, noted: 0 });
    expect(pipeline.lastOutputs("k1", 9).map(({ position }) => position)).toEqual([1, 4]);
  });
});

describe("PipelineStore.recorded", () => {
  it("is what stood there before the opening, until another identity is adopted", async () => {
    const directory = newDirectory();
    const reopen = async (used: typeof identity, adopt: boolean) => {
      const store = openStore(directory, { durability: "none" });
      const pipeline = store.pipeline("pump", used);
      if (adopt) await pipeline.adopt(used);
      await store.close();
      return pipeline.recorded;
    };
    const changed = { ...identity, fingerprint: "f2" };
    expect(await reopen(identity, false)).toBeUndefined();
    expect(await reopen(changed, false)).toEqual(identity);
    expect(await reopen(changed, true)).toEqual(identity);
    expect(await reopen(changed, false)).toEqual(changed);
    const reader = openStoreForReading(directory);
    expect(reader.pipeline("pump").recorded).toEqual(changed);
    reader.close();
  });
});

describe("PipelineReader.instanceId", () => {
  it("is the data directory's", () => {
    const store = newStore();
    expect(store.instanceId).toMatch(/^[0-9a-f]{12}$/);
    expect(store.pipeline("pump", identity).instanceId).toBe(store.instanceId);
  });
});

describe("PipelineStore.forgetLedger()", () => {
  it("forgets what was committed before it, and keeps what comes after", async () => {
    const pipeline = newStore().pipeline("pump", identity);
    await pipeline.commit(events(1, 1, { ledger: [{ packetId: 7, qos: 1, hash: 1 }] }));
    await pipeline.forgetLedger();
    expect(pipeline.ledger()).toEqual([]);
    await pipeline.commit(events(2, 2, { ledger: [{ packetId: 7, qos: 1, hash: 2 }] }));
    expect(pipeline.ledger()).toEqual([{ packetId: 7, qos: 1, hash: 2 }]);
  });
});
