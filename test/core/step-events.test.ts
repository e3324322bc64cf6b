import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  type EventSteps,
  FAULTS,
  faultText,
  isProgramFault,
  refuseFaults,
  type StreamEvent,
  stepEvents,
} from "../../src/core/index.js";
import { batchOf, eventOf } from "../stream/events.js";

/** Sums up the values of each key; fails at a negative one, when it has half done it. */
function summing(sums: Map<string, number>): EventSteps {
  return {
    stage: "sums",
    step({ sample }) {
      const value = Number(sample.values["v"]);
      sums.set(sample.key, (sums.get(sample.key) ?? 0) + value);
      if (value < 0) throw new RangeError(`a value of\n${value}`);
    },
    forget: (key) => sums.delete(key),
    begin: (key) => sums.set(key, 0),
  };
}

const eventsOf = (values: readonly (readonly [key: string, v: number])[]): StreamEvent[] =>
  values.map(([key, v], i) => Object.assign(eventOf(key, i, { v }), { position: i + 1 }));

describe("stepEvents()", () => {
  it("leaves out an event at which the step throws, forgets its key, and says so in the log", () => {
    const sums = new Map<string, number>();
    const events = eventsOf([
      ["a", 1],
      ["b", 2],
      ["a", -1],
      ["b", 3],
      ["a", 4],
    ]);
    const batch = batchOf(events);
    expect(stepEvents(batch, summing(sums))).toBeUndefined();
    expect(events.map(({ note }) => note)).toEqual(["", "", "fault", "", ""]);
    expect([...sums]).toEqual([
      ["b", 5],
      ["a", 4],
    ]);
    expect(batch.log).toEqual([
      {
        position: 3,
        slot: FAULTS,
        kind: "sums",
        why: 'key "a": RangeError: a value of -1',
        body: new Uint8Array(0),
      },
    ]);
  });

  it("takes back what the step had filled in", () => {
    const [event] = eventsOf([["a", -1]]);
    const prediction = { targets: [], next: [], score: null, alert: false, model: "m" };
    const failing = summing(new Map());
    const step = (one: StreamEvent): void => {
      Object.assign(one, { prediction, output: new Float64Array(1), detector: "level" });
      failing.step(one);
    };
    void stepEvents(batchOf([event!]), { ...failing, step });
    expect(event).toMatchObject({
      prediction: undefined,
      output: undefined,
      change: undefined,
      detector: "",
    });
  });

  it("does the same when the step fails later, and holds back the events behind until then", async () => {
    const seen: string[] = [];
    const events = eventsOf([
      ["a", 1],
      ["b", -2],
      ["c", 3],
    ]);
    const later: EventSteps = {
      stage: "later",
      async step({ sample }) {
        seen.push(`begin ${sample.key}`);
        await Promise.resolve();
        seen.push(`end ${sample.key}`);
        if (Number(sample.values["v"]) < 0) throw new Error("later");
      },
      forget: (key) => seen.push(`forget ${key}`),
    };
    await stepEvents(batchOf(events), later);
    expect(seen).toEqual(["begin a", "end a", "begin b", "end b", "forget b", "begin c", "end c"]);
    expect(events.map(({ note }) => note)).toEqual(["", "fault", ""]);
  });

  it("lets a stage undo the step where it can, and so forget nothing", () => {
    const sums = new Map<string, number>();
    let before = 0;
    const steps = summing(sums);
    const events = eventsOf([
      ["a", 1],
      ["a", -1],
      ["a", 4],
    ]);
    void stepEvents(batchOf(events), {
      ...steps,
      step(event) {
        before = sums.get(event.sample.key) ?? 0;
        steps.step(event);
      },
      undo: (key) => sums.set(key, before),
    });
    expect(sums.get("a")).toBe(5);
  });

  it("tells the stages behind of a sequence that begins with such an event", () => {
    const sums = new Map([["a", 7]]);
    const events = eventsOf([
      ["a", 1],
      ["a", 2],
    ]);
    Object.assign(events[0]!, { note: "fault", begins: true });
    void stepEvents(batchOf(events), summing(sums));
    expect(sums.get("a")).toBe(2);
  });

  it("leaves alone what has another note", () => {
    const sums = new Map([["a", 7]]);
    const [event] = eventsOf([["a", 1]]);
    Object.assign(event!, { note: "late", begins: true });
    void stepEvents(batchOf([event!]), summing(sums));
    expect(sums.get("a")).toBe(7);
  });

  it("comes to the same when the journal says so, though the step would no longer fail", () => {
    const values = [
      ["a", 1],
      ["a", -1],
      ["b", 2],
      ["a", 4],
    ] as const;
    const live = new Map<string, number>();
    const batch = batchOf(eventsOf(values));
    void stepEvents(batch, summing(live));

    const again = new Map<string, number>();
    const events = eventsOf(values);
    const recorded = new Map(batch.log.map(({ position, kind }) => [position, kind]));
    for (const event of events) event.failsIn = recorded.get(event.position) ?? "";
    const { forget } = summing(again);
    void stepEvents(batchOf(events), {
      stage: "sums",
      step: ({ sample }) => {
        again.set(sample.key, (again.get(sample.key) ?? 0) + Number(sample.values["v"]));
      },
      forget,
    });
    expect(events.map(({ note }) => note)).toEqual(["", "fault", "", ""]);
    expect(again).toEqual(live);
  });

  it("comes to the same however the events are batched", () => {
    const event = fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: -1, max: 5 }));
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat(4)), (values, sizes) => {
        const whole = new Map<string, number>();
        const together = batchOf(eventsOf(values));
        void stepEvents(together, summing(whole));

        const parts = new Map<string, number>();
        const events = eventsOf(values);
        const log: Batch["log"] = [];
        for (const size of [...sizes, values.length]) {
          const batch = { ...batchOf(events.splice(0, size)), log };
          void stepEvents(batch, summing(parts));
        }
        expect(parts).toEqual(whole);
        expect(log).toEqual(together.log);
      }),
      { seed: 7 },
    );
  });

  it.each([
    ["memory that has run out", new RangeError("Array buffer allocation failed")],
    ["a kernel that can't grow", Object.assign(new RangeError("grow"), { code: "KERNEL_MEMORY" })],
    ["a damaged state", Object.assign(new RangeError("state"), { code: "STATE_CORRUPT" })],
    ["a trap in WebAssembly", Object.assign(new Error("unreachable"), { name: "RuntimeError" })],
    ["ONNX Runtime without memory", Object.assign(new Error("run"), { code: "ONNX_NO_MEMORY" })],
  ])("passes on %s: that isn't the event's fault", async (_name, error) => {
    expect(isProgramFault(error)).toBe(true);
    const [event] = eventsOf([["a", 1]]);
    const steps: EventSteps = {
      ...{ stage: "s", forget: () => {} },
      step: () => {
        throw error;
      },
    };
    expect(() => stepEvents(batchOf([event!]), steps)).toThrow(error);
    const later: EventSteps = { ...steps, step: () => Promise.reject(error) };
    await expect(stepEvents(batchOf([event!]), later)).rejects.toBe(error);
    expect(event?.note).toBe("");
  });
});

describe("isProgramFault()", () => {
  it("isn't taken in by what a message quotes", () => {
    for (const text of ["out of memory", "Array buffer allocation failed"]) {
      expect(isProgramFault(new RangeError(`Cannot read field "v": found "${text}"`))).toBe(false);
    }
    expect(isProgramFault("RuntimeError")).toBe(false);
  });
});

describe("refuseFaults()", () => {
  it("throws where an event was left out", () => {
    const batch = batchOf(eventsOf([["a", -1]]));
    refuseFaults(batch);
    void stepEvents(batch, summing(new Map()));
    expect(() => refuseFaults(batch)).toThrow(
      expect.objectContaining({ code: "STAGE_FAILED", message: expect.stringContaining('event 1, key "a"') }),
    );
  });
});

describe("faultText()", () => {
  it("is one line of a bounded length, whatever was thrown", () => {
    expect(faultText("a\u0000\r\nb")).toBe("a b");
    expect(faultText(new Error("x".repeat(10_000)))).toHaveLength(400);
  });
});
