import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batch, Delivery, FAULTS, type Stage, type StreamEvent } from "../../src/core/index.js";

export interface StateSlotLaws {
  /** A stage as it is before its first event. */
  readonly makeStage: () => Stage;
  /** The same stream every time, of events nobody has stepped yet; of three keys or more. */
  readonly makeEvents: () => StreamEvent[];
  /** False for a stage whose events share something across keys: a position in the log. */
  readonly isPerKey?: boolean;
  /** What the stage reads or writes of an event late in its step: there it is made to fail. Absent: it can't. */
  readonly failsAt?: keyof StreamEvent;
}

/** The laws that every stage keeps whose memory is in state slots. */
export function stateSlotLaws(
  name: string,
  { makeStage, makeEvents, isPerKey = true, failsAt }: StateSlotLaws,
): void {
  describe(`Stage "${name}"`, () => {
    const run = () => outcome(makeStage(), [makeEvents()]);
    let known: ReturnType<typeof run> | undefined;
    const whole = () => {
      known ??= run();
      return known;
    };

    it("fills in something, differently for different events", async () => {
      expect(new Set((await whole()).events).size).toBeGreaterThan(1);
    });

    it("gives the same bits again for the same stream", async () => {
      expect(await run()).toEqual(await whole());
    });

    it("gives the same bits however the events are batched", async () => {
      const expected = await whole();
      const count = makeEvents().length;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(count), { maxLength: 12 }), async (cuts) => {
          expect(await outcome(makeStage(), split(makeEvents(), cuts))).toEqual(expected);
        }),
        { seed: 11, numRuns: 20 },
      );
      const oneByOne = makeEvents().map((event) => [event]);
      expect(await outcome(makeStage(), oneByOne)).toEqual(expected);
    });

    it("goes on with the same bits after save and restore", async () => {
      const expected = await whole();
      const count = makeEvents().length;
      for (const cut of [0, 1, Math.floor(count / 3), Math.floor(count / 2), count - 1]) {
        const events = makeEvents();
        const before = makeStage();
        const first = await outcome(before, [events.slice(0, cut)]);
        const after = makeStage();
        restore(after, save(before));
        const second = await outcome(after, [events.slice(cut)]);
        expect([...first.events, ...second.events]).toEqual(expected.events);
        expect(second.state).toEqual(expected.state);
      }
    });

    it("is not changed by being saved", async () => {
      const expected = await whole();
      const stage = makeStage();
      const events = makeEvents();
      for (const group of split(events, [7, 20, 50])) {
        await stage.process(batchOf(group));
        expect(save(stage)).toEqual(save(stage));
      }
      expect({ events: events.map(bits), state: save(stage) }).toEqual(expected);
    });

    it("does not change the samples", async () => {
      const events = makeEvents();
      const before = events.map((event) => hex(event.sample));
      await outcome(makeStage(), [events]);
      expect(events.map((event) => hex(event.sample))).toEqual(before);
    });

    if (isPerKey)
      it("gives a key the same bits with and without its neighbours", async () => {
        const together = makeEvents();
        await outcome(makeStage(), [together]);
        for (const key of new Set(together.map((event) => event.sample.key))) {
          const alone = makeEvents().filter((event) => event.sample.key === key);
          const { events } = await outcome(makeStage(), [alone]);
          expect(events).toEqual(together.filter((event) => event.sample.key === key).map(bits));
        }
      });

    it("forgets a key that is reset, and only that one", async () => {
      const stage = makeStage();
      await outcome(stage, [makeEvents()]);
      for (const slot of stage.slots) {
        const [key = "", ...others] = slot.keys();
        const kept = others.map((other) => slot.save(other));
        slot.reset(key);
        expect(slot.save(key)).toBeUndefined();
        expect([...slot.keys()]).toEqual(others);
        expect(others.map((other) => slot.save(other))).toEqual(kept);
      }
    });

    // In the others an event alone can make nothing fail.
    const describeFailing = failsAt === undefined ? () => {} : describe;
    describeFailing("at an event at which it fails", () => {
      const place = makeEvents().findIndex(
        ({ note, input }, i) => i > makeEvents().length / 3 && note === "" && input?.length !== 0,
      );
      const run = async (cuts: readonly number[]) => {
        const events = makeEvents();
        makeFail(events[place]!, failsAt!);
        const log: Batch["log"] = [];
        return { ...(await outcome(makeStage(), split(events, cuts), log)), log, notes: notesOf(events) };
      };

      it("leaves it out, says so in the log, and gives other keys the same bits", async () => {
        const { notes, events, log } = await run([]);
        const good = makeEvents();
        expect(notes).toEqual(notesOf(good).with(place, "fault"));
        expect(log.filter(({ slot }) => slot === FAULTS)).toMatchObject([{ why: /made to fail/ }]);
        const { key } = good[place]!.sample;
        const others = (all: readonly string[]) => all.filter((_, i) => good[i]!.sample.key !== key);
        if (isPerKey) expect(others(events)).toEqual(others((await whole()).events));
      });

      it("comes to the same bits however the events are batched", async () => {
        const expected = await run([]);
        expect(await run(makeEvents().map((_, i) => i))).toEqual(expected);
        expect(await run([place])).toEqual(expected);
        expect(await run([place + 1])).toEqual(expected);
      });

      it("comes to the same bits where the journal tells of it, though it doesn't fail", async () => {
        const { events, state, log } = await run([]);
        const again = makeEvents();
        again[place]!.failsIn = log.find(({ slot }) => slot === FAULTS)!.kind;
        expect(await outcome(makeStage(), [again])).toEqual({ events, state });
        expect(again[place]?.note).toBe("fault");
      });
    });

    it("rejects bytes that it did not write as STATE_CORRUPT", async () => {
      const stage = makeStage();
      await outcome(stage, [makeEvents()]);
      const corrupt = expect.objectContaining({ code: "STATE_CORRUPT" });
      for (const slot of stage.slots) {
        for (const key of slot.keys()) {
          const bytes = slot.save(key) ?? expect.fail(`nothing saved of ${key}`);
          expect(() => slot.restore(key, bytes.slice(0, -1))).toThrow(corrupt);
          expect(() => slot.restore(key, Uint8Array.from([...bytes, 0]))).toThrow(corrupt);
        }
      }
    });
  });
}

/** What the stage wrote into each event, and what it remembers in the end; as text of bits. */
async function outcome(
  stage: Stage,
  groups: readonly StreamEvent[][],
  log: Batch["log"] = [],
): Promise<{ events: string[]; state: Record<string, string> }> {
  for (const group of groups) await stage.process({ ...batchOf(group), log });
  return { events: groups.flat().map(bits), state: save(stage) };
}

function batchOf(events: readonly StreamEvent[]): Batch {
  return { events, requests: [], deadLetters: [], ledger: [], log: [], delivery: new Delivery() };
}

const notesOf = (events: readonly StreamEvent[]) => events.map(({ note }) => note);

/** The first time the property is read or written that throws. */
function makeFail(event: StreamEvent, property: keyof StreamEvent): void {
  let value: unknown = event[property];
  let isLive = true;
  const fail = (): void => {
    if (!isLive) return;
    isLive = false;
    throw new Error("made to fail");
  };
  Object.defineProperty(event, property, {
    enumerable: true,
    get: () => {
      fail();
      return value;
    },
    set: (to: unknown) => {
      fail();
      value = to;
    },
  });
}

function split(events: readonly StreamEvent[], cuts: readonly number[]): StreamEvent[][] {
  const ends = [0, ...[...cuts].sort((a, b) => a - b), events.length];
  return ends.slice(1).map((end, index) => events.slice(ends[index], end));
}

function save(stage: Stage): Record<string, string> {
  const entries = stage.slots.flatMap((slot) =>
    [...slot.keys()].map((key) => {
      const bytes = slot.save(key) ?? expect.fail(`nothing saved of ${key}`);
      const text = Buffer.from(bytes).toString("hex");
      // They are the caller's.
      bytes.fill(0xa5);
      return [JSON.stringify([slot.name, key]), text] as const;
    }),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function restore(stage: Stage, state: Record<string, string>): void {
  for (const [name, bytes] of Object.entries(state)) {
    const [slotName, key] = JSON.parse(name) as [string, string];
    const slot = stage.slots.find((one) => one.name === slotName) ?? expect.fail(`no slot ${slotName}`);
    const own = Uint8Array.from(Buffer.from(bytes, "hex"));
    slot.restore(key, own);
    // They are the caller's.
    own.fill(0xa5);
  }
}

/** All that stages fill in, every number as its 64 bits. */
function bits({ sample: _, failsIn: __, ...filled }: StreamEvent): string {
  return hex(filled);
}

function hex(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "number") return Buffer.from(new Float64Array([part]).buffer).toString("hex");
    if (part instanceof Float64Array) return [...part];
    return part;
  });
}
