import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, ByteWriter, Rng, request, type Stage } from "../../src/core/index.js";
import { openStore, openStoreForReading, type PipelineReader } from "../../src/store/index.js";
import {
  commitOf,
  KeyPager,
  readForgotten,
  resume,
  takeSnapshot,
  writeForgotten,
} from "../../src/stream/index.js";
import { newDirectory } from "../store/rows.js";
import { batchOf, Live, NAME, stagesOf } from "./churned.js";

const outcomeOf = ({ position, seq, floor, begins, note, prediction, change }: Batch["events"][number]) =>
  JSON.stringify({ position, seq, floor, begins, note, prediction, change });

function stateOf(stages: readonly Stage[]): Record<string, string> {
  const { entries } = takeSnapshot(stages, 0);
  return Object.fromEntries(
    entries
      .map(({ slot, key, bytes }) => [`${slot} of ${key}`, Buffer.from(bytes).toString("hex")] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const reset = (key: string) => request({ kind: "reset", key, why: "expired" });
const forget = (...keys: string[]) =>
  request({ kind: "forget", body: writeForgotten(keys.map((key) => ({ key, count: 0 }))) });
const named = ({ requests }: Batch) => readForgotten(requests[0]!.body);

describe("keys that are forgotten", () => {
  it("leave no row behind, and come back as others with numbers that nobody had", async () => {
    const live = await Live.start(newDirectory());
    await live.whole({ events: [1, 2, 3, 4, 5].map((t) => live.event("a", t)) });
    await live.whole({ events: [live.event("b", 6)] });
    await live.whole({ requests: [reset("a"), reset("b")] });
    await live.cut();
    expect(live.own.lookForGone(undefined, 10).found.sort()).toEqual(["a", "b"]);
    const asked = await live.whole({ requests: [forget("a", "b", "nobody", "clock", "")] });
    expect(named(asked)).toEqual([
      { key: "a", count: 5 },
      { key: "b", count: 1 },
    ]);
    expect(live.own.page("a")).toBeUndefined();
    expect(live.own.keys().map(({ key }) => key)).toEqual(["clock"]);
    expect(live.own.lookForGone(undefined, 10)).toEqual({ found: [], at: undefined });

    const events = ["b", "a", "new", "b"].map((key, i) => live.event(key, 10 + i));
    await live.whole({ events });
    expect(events.map(({ seq, begins }) => [seq, begins])).toEqual([
      [6, true],
      [6, true],
      [6, true],
      [7, false],
    ]);
    // They warm up, whatever their numbers are.
    expect(events.map(({ prediction }) => prediction?.score)).toEqual([null, null, null, null]);
    await live.store.close();
  });

  it.each([0, 1e9])(
    "are those alone that are still gone where the request stands, %f bytes",
    async (memory) => {
      const live = await Live.start(newDirectory(), memory);
      for (const [i, key] of ["back", "asked", "gone", "known"].entries())
        await live.whole({ events: [live.event(key, i)] });
      await live.whole({ requests: [reset("back"), reset("asked"), reset("gone")] });
      const tooEarly = await live.whole({ requests: [forget("gone")] });
      expect(tooEarly.requests[0]).toMatchObject({ position: 0, refusal: { code: "NOBODY_IS_GONE" } });
      await live.cut();
      const { found } = live.own.lookForGone(undefined, 10);
      expect(found.sort()).toEqual(["asked", "back", "gone"]);
      const [event] = [live.event("back", 20)];
      await live.whole({ events: [event] });
      // A repeat says nothing, but it was there: no replay would know it for one.
      await live.whole({ events: [live.event("asked", 21, 1)] });
      const asked = await live.whole({ requests: [forget(...found, "known")] });
      expect(named(asked)).toEqual([{ key: "gone", count: 1 }]);
      expect(event.seq).toBe(2);
      await live.store.close();
    },
  );

  it("are gone at once, also while the commit that takes their pages is under way", async () => {
    const live = await Live.start(newDirectory(), 0);
    await live.whole({ events: [1, 2, 3].map((t) => live.event("a", t)) });
    await live.whole({ events: [live.event("b", 4)] });
    await live.whole({ requests: [reset("a"), reset("b")] });
    await live.cut();
    const batch = batchOf({ requests: [forget("a", "b")], events: [live.event("b", 5)] });
    const again = batchOf({ requests: [forget("a", "b")] });
    const events = [live.event("b", 6), live.event("a", 7)];
    const commits = [];
    for (const one of [batch, again, batchOf({ events })]) commits.push((await live.step(one)).committed);
    await Promise.all(commits);
    expect(named(batch)).toHaveLength(2);
    expect(again.requests[0]?.refusal?.code).toBe("NOBODY_IS_GONE");
    expect([...batch.events, ...events].map(({ seq }) => seq)).toEqual([4, 5, 4]);
    expect(live.own.key("b")?.events).toBe(5);
    await live.store.close();
  });

  it("lose all that is left of them, also in a replay that began before", async () => {
    const live = await Live.start(newDirectory());
    const { own } = live;
    await live.whole({ events: [live.event("a", 1)] });
    const body = new ByteWriter().f64(1e12).finish();
    await live.whole({ requests: [reset("a"), request({ kind: "mute", key: "a", body })] });
    await live.cut();
    const before = own.newestSnapshot();
    const asked = await live.whole({ requests: [forget("a")] });
    await live.pager.keepAll();
    expect(before?.entries.filter(({ key }) => key === "a").length).toBeGreaterThan(1);
    expect(named(asked)).toHaveLength(1);
    const [early, late] = [await stagesOf(), await stagesOf()];
    const store = {
      newestSnapshot: () => before,
      logEntries: (after: number) => own.logEntries(after),
      journal: (after: number, most: number) => own.journal(after, most),
      steppedPosition: () => own.steppedPosition(),
    } as PipelineReader;
    await resume({ stages: early, store });
    await resume({ stages: late, store: own });
    expect(stateOf(early)).toEqual(stateOf(late));
    await live.store.close();
  });

  it("stay so when the journal is stepped again from an empty state, as under a changed pipeline", async () => {
    const directory = newDirectory();
    const live = await Live.start(directory, 0);
    await live.whole({ events: [1, 2, 3].map((t) => live.event("a", t)) });
    await live.whole({ events: [live.event("b", 4)] });
    await live.whole({ requests: [reset("a"), reset("b")] });
    await live.cut();
    await live.whole({ requests: [forget("a", "b")] });
    await live.whole({ events: [live.event("b", 5), live.event("new", 6)] });
    await live.own.startAgain();
    await live.store.close();

    const outcomes: string[] = [];
    const store = openStore(directory, { durability: "none" });
    const own = store.pipeline(NAME);
    const stages = await stagesOf();
    const pager = new KeyPager(stages, own, { memoryBytes: 0 });
    await resume(
      { stages, store: own },
      {
        pager,
        onBatch: async (batch) => {
          outcomes.push(...batch.events.map(outcomeOf));
          if (batch.events.length > 0) await own.commit(commitOf(batch));
        },
      },
    );
    await pager.keepAll();
    expect(own.key("b")?.events).toBe(4);
    const again = await stagesOf();
    const repeated: string[] = [];
    const onBatch = ({ events }: Batch) => void repeated.push(...events.map(outcomeOf));
    await resume({ stages: again, store: own }, { from: "oldest", onBatch });
    expect(repeated).toEqual(outcomes);
    const newest = await stagesOf();
    await resume({ stages: newest, store: own });
    expect(stateOf(newest)).toEqual(stateOf(again));
    await store.close();
  });

  it("are the same, with the same outcomes, in every replay, wherever the process dies", async () => {
    let forgotten = 0;
    let repeated = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 1000 }),
          kibibytes: fc.constantFrom(0, 300, 100_000),
          deaths: fc.array(fc.record({ at: fc.nat(149), isBefore: fc.boolean() }), { maxLength: 4 }),
        }),
        async ({ seed, kibibytes, deaths }) => {
          const rng = new Rng(seed);
          const directory = newDirectory();
          let live = await Live.start(directory, 1024 * kibibytes);
          const outcomes = new Map<number, string>();
          const ids = new Set<string>();
          let n = 0;
          for (let i = 0; i < 150; i++) {
            // Keys come and go; some of the old ones come back.
            const keyNow = () => `k${rng.integer(10) === 0 ? rng.integer(1 + i) : i + rng.integer(6)}`;
            const samples = Array.from({ length: rng.integer(6) }, () => {
              n++;
              const [late, twice] = [rng.integer(10) === 0 ? 5000 : 0, rng.integer(10) === 0 ? 6 : 0];
              return { key: keyNow(), time: 1000 * n - late, n: n - twice };
            });
            const old = `k${Math.max(0, i - 1 - rng.integer(8))}`;
            const { found } = live.own.lookForGone(undefined, 50);
            const asked = rng.integer(3) === 0 ? () => reset(old) : () => forget(...found, old, "", "k0");
            const make = () =>
              batchOf({
                events: samples.map(({ key, time, n }) => live.event(key, time, n)),
                requests: [asked()],
              });
            const keeps = rng.integer(3) === 0;
            const death = deaths.find(({ at }) => at === i);
            if (death?.isBefore) {
              await live.step(make(), { dies: true });
              await live.store.close();
              live = await Live.start(directory, 1024 * kibibytes);
            }
            const batch = make();
            const { committed } = await live.step(batch, { keeps });
            if (rng.integer(3) > 0) await committed;
            else committed.catch(() => {});
            for (const event of batch.events) {
              outcomes.set(event.position, outcomeOf(event));
              if (event.note !== "") continue;
              const id = `${event.sample.key}/${event.seq}`;
              expect(ids.has(id), `${id} was given before`).toBe(false);
              ids.add(id);
            }
            const [one] = batch.requests;
            if (one?.kind === "forget" && one.refusal === undefined) forgotten += named(batch).length;
            if (death !== undefined && !death.isBefore) {
              await committed;
              await live.store.close();
              live = await Live.start(directory, 1024 * kibibytes);
            }
          }
          const rows = live.own.lookForGone(undefined, 1000);
          await live.store.close();
          const store = openStoreForReading(directory);
          try {
            const states = [];
            for (const from of ["oldest", "newest"] as const) {
              const stages = await stagesOf();
              await resume(
                { stages, store: store.pipeline(NAME) },
                {
                  from,
                  onBatch: ({ events }) => {
                    repeated += events.length;
                    for (const event of events) expect(outcomeOf(event)).toBe(outcomes.get(event.position));
                  },
                },
              );
              states.push(stateOf(stages));
            }
            expect(states[0]).toEqual(states[1]);
          } finally {
            store.close();
          }
          // Who was gone has gone, but for those since the last requests.
          expect(rows.found.length).toBeLessThan(50);
          // And a start goes on from there.
          const again = await Live.start(directory, 1024 * kibibytes);
          await again.whole({ events: [again.event("last", 1e9)] });
          await again.store.close();
        },
      ),
      { seed: 11, numRuns: 8 },
    );
    expect(forgotten).toBeGreaterThan(100);
    expect(repeated).toBeGreaterThan(100);
  }, 120_000);
});
