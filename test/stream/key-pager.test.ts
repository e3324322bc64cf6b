import fc from "fast-check";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  type Batch,
  ByteReader,
  ByteWriter,
  Delivery,
  type LogEntry,
  type Request,
  Rng,
  request,
  type Stage,
  streamEvent,
} from "../../src/core/index.js";
import { writeSilences } from "../../src/detection/index.js";
import { makeStages } from "../../src/runtime/stages.js";
import { parsePipeline } from "../../src/spec/index.js";
import { openStore, openStoreForReading, type PipelineStore, type Store } from "../../src/store/index.js";
import {
  commitOf,
  decisionFromBody,
  KeyPager,
  resume,
  stepThrough,
  takeSnapshot,
  writePromotion,
} from "../../src/stream/index.js";
import { newDirectory } from "../store/rows.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";

const NAME = "paged";
const { pipeline } = parsePipeline(`
name: ${NAME}
input: { topics: [a/+], id: n }
features: [value, { difference: value }]
target: value
model: { hidden: 3, cold-start: { events: 60, lead: 20 } }
learn: { every: 150 events }
anomaly: { warm-up: 20, alerts-per-day: 50, detectors: [pattern, novelty, forecast, stuck, silence, missing] }
`);
if (pipeline === undefined) throw new Error("the test's own pipeline has errors");

const stagesOf = () =>
  makeStages(pipeline, { trainer: inPlaceTrainer(), fineTunes: true, isPatient: true }, () => {});

/** Bodies of requests for networks, as the pipeline itself makes them. */
let promotions: readonly Uint8Array[] = [];

beforeAll(async () => {
  promotions = await Promise.all(
    [21, 22].map(async (seed) => {
      const stages = await stagesOf();
      const log: LogEntry[] = [];
      for (const make of streamOf(seed, 2)) {
        const batch = make();
        await stepThrough(stages, { ...batch, requests: [] });
        log.push(...batch.log);
      }
      const { forecaster: bytes } = decisionFromBody(new ByteReader(log[0]!.body, "log"));
      return writePromotion({ model: `gru-of-${seed}`, bytes });
    }),
  );
});

/** The same stream for a seed: batches of random keys with spikes, late and repeated events, and requests now and then. */
function streamOf(seed: number, keys: number): (() => Batch)[] {
  const rng = new Rng(seed);
  const counts = new Map<string, number>();
  let n = 0;
  const event = () => {
    n++;
    const key = `k${rng.integer(keys)}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    // Half-way it becomes another signal: a network that knew the first is of no use.
    const wave = n < 300 ? Math.sin(count) : 10 * ((count * 7919) % 13);
    const value = 5 + 3 * wave + 0.05 * rng.normal() + (n % 61 === 60 ? 40 : 0);
    const late = rng.integer(20) === 0 ? 30_000 : 0;
    const sample = {
      key,
      time: 1000 * n - late,
      arrival: 1000 * n,
      values: { value, n: n - (rng.integer(30) === 0 ? 1 : 0) },
    };
    return sample;
  };
  const asked = (): Request => {
    // The bodies themselves are made without.
    if (promotions.length === 0) return request({ kind: "tune" });
    const key = `k${rng.integer(keys + 1)}`;
    const until = (value: number) => new ByteWriter().f64(value).finish();
    const kinds: (() => Request)[] = [
      () => request({ kind: "reset", key, why: "expired" }),
      () => request({ kind: "mute", key: "", body: until(1000 * (n + 40)) }),
      () => request({ kind: "mute", key: "", body: until(Number.NEGATIVE_INFINITY) }),
      () => request({ kind: "mute", key, body: until(1000 * (n + 20)) }),
      () => request({ kind: "sensitivity", key, body: until(rng.uniform()) }),
      () =>
        request({
          kind: "silence",
          key,
          body: writeSilences([
            { key, silenceMs: 1e7 },
            { key: "k0", silenceMs: 1e7 },
          ]),
        }),
      ...[0, 1, 2].map((i) => () => request({ kind: "promote", body: promotions[i % promotions.length]! })),
      () => request({ kind: "rollback" }),
      () => request({ kind: "tune" }),
    ];
    return kinds[rng.integer(kinds.length)]!();
  };
  return Array.from({ length: 60 }, (): (() => Batch) => {
    const samples = Array.from({ length: 1 + rng.integer(12) }, event);
    const ask = rng.integer(4) === 0 ? asked() : undefined;
    return () => ({
      events: samples.map((sample) => streamEvent(sample)),
      requests: ask ? [{ ...ask }] : [],
      deadLetters: [],
      ledger: [],
      log: [],
      delivery: new Delivery(),
    });
  });
}

const outcomes = ({ events, requests }: Batch) =>
  JSON.stringify([
    events.map(({ position, seq, note, model, prediction, change }) => ({
      position,
      seq,
      note,
      model,
      prediction,
      change,
    })),
    requests.map(({ position, refusal, alert }) => ({ position, refusal, alert })),
  ]);

function stateOf(stages: readonly Stage[]): Record<string, string> {
  const { entries } = takeSnapshot(stages, 0);
  return Object.fromEntries(
    entries
      .map(({ slot, key, bytes }) => [`${slot} of ${key}`, Buffer.from(bytes).toString("hex")] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What a live pipeline does with a store and little room, batch by batch. */
class Paged {
  constructor(
    readonly store: Store,
    readonly own: PipelineStore,
    readonly stages: readonly Stage[],
    readonly pager: KeyPager,
  ) {}

  static async start(directory: string, memoryBytes: number): Promise<Paged> {
    const store = openStore(directory, { durability: "none" });
    onTestFinished(() => store.close());
    const own = store.pipeline(NAME);
    const stages = await stagesOf();
    const pager = new KeyPager(stages, own, { memoryBytes, pagesAtOnce: 1 });
    await resume({ stages, store: own }, { pager });
    return new Paged(store, own, stages, pager);
  }

  async step(batch: Batch, keeps: boolean): Promise<void> {
    this.pager.admit(batch);
    await stepThrough(this.stages, batch);
    this.pager.stepped(batch);
    this.pager.relieve();
    if (keeps && !this.pager.isKeeping) this.pager.keep();
    const part = this.pager.take();
    void this.own.commit({ ...commitOf(batch), ...part }).then(() => part && this.pager.settle(part));
  }
}

describe("KeyPager", () => {
  it("changes no result and no state, however little room there is and wherever the process dies", async () => {
    let fetched = 0;
    let networks = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 1000 }),
          keys: fc.integer({ min: 1, max: 14 }),
          kibibytes: fc.constantFrom(0, 200, 700, 100_000),
          keeps: fc.array(fc.nat(59), { maxLength: 12 }),
          deaths: fc.array(fc.nat(59), { maxLength: 3 }),
        }),
        async ({ seed, keys, kibibytes, keeps, deaths }) => {
          const stream = streamOf(seed, keys);
          const models = new Set<string>();
          const reference = await stagesOf();
          const directory = newDirectory();
          let paged = await Paged.start(directory, 1024 * kibibytes);
          for (const [i, make] of stream.entries()) {
            const [due, found] = [make(), make()];
            await stepThrough(reference, due);
            if (deaths.includes(i)) {
              await paged.store.close();
              fetched += paged.pager.fetched;
              paged = await Paged.start(directory, 1024 * kibibytes);
            }
            await paged.step(found, keeps.includes(i));
            expect(outcomes(found)).toBe(outcomes(due));
            for (const { model } of found.events) models.add(model);
          }
          networks = Math.max(networks, models.size);
          await paged.pager.keepAll();
          await paged.store.close();
          fetched += paged.pager.fetched;
          const store = openStoreForReading(directory);
          try {
            const last = store.pipeline(NAME).newestSnapshot();
            expect(last?.position).toBe(store.pipeline(NAME).lastPosition());
            const stages = await stagesOf();
            await resume({ stages, store: store.pipeline(NAME) });
            expect(stateOf(stages)).toEqual(stateOf(reference));
            const again = await stagesOf();
            await resume({ stages: again, store: store.pipeline(NAME) }, { from: "oldest" });
            expect(stateOf(again)).toEqual(stateOf(reference));
          } finally {
            store.close();
          }
        },
      ),
      { seed: 7, numRuns: 8 },
    );
    expect(fetched).toBeGreaterThan(300);
    // Rules, the first network, and others that came and went.
    expect(networks).toBeGreaterThan(3);
  }, 120_000);

  it("holds no more in memory than it may, beside what a batch needs", async () => {
    const paged = await Paged.start(newDirectory(), 1_000_000);
    for (const make of streamOf(3, 200)) {
      await paged.step(make(), false);
      expect(paged.pager.resident.bytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(paged.pager.resident.keys).toBeGreaterThan(0);
    expect(paged.pager.fetched).toBeGreaterThan(0);
    await paged.store.close();
  });

  it("writes a snapshot of what has changed, and of nothing else", async () => {
    const directory = newDirectory();
    const paged = await Paged.start(directory, 1e9);
    const [first, ...others] = streamOf(4, 50);
    for (const make of others) await paged.step(make(), false);
    await paged.pager.keepAll();
    const before = paged.own.newestSnapshotPosition();
    const batch = first!();
    await paged.step(batch, false);
    await paged.pager.keepAll();
    const keys = new Set(batch.events.map(({ sample }) => sample.key));
    const written = paged.own.keys().filter(({ key }) => (paged.own.page(key)?.position ?? 0) > before);
    expect(new Set(written.map(({ key }) => key))).toEqual(keys);
    await paged.pager.keepAll();
    expect(paged.own.newestSnapshotPosition()).toBe(paged.own.lastPosition());
    await paged.store.close();
  });
});
