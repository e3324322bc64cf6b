import { describe, expect, it } from "vitest";
import { request, type Stage, type StreamEvent } from "../../src/core/index.js";
import { type SequenceOptions, sequenceStage } from "../../src/stream/sequence-stage.js";
import { batchOf, eventOf } from "./events.js";

function run(options: SequenceOptions, events: StreamEvent[], stage: Stage = sequenceStage(options)) {
  stage.process(batchOf(events));
  return events.map(({ position, seq, begins, note }) => ({ position, seq, begins, note }));
}

describe("sequenceStage() with marks", () => {
  const marked = (options: SequenceOptions, marks: readonly Record<string, number>[]) => {
    const events = marks.map((values, i) => eventOf("a", i, values));
    run(options, events);
    return events.map(({ begins, ends }) => `${begins ? "begins " : ""}${ends ? "ends" : ""}`.trim());
  };

  it("begins another sequence with the event after an end", () => {
    const rows = marked({ late: "step", end: "end" }, [{}, { end: 0 }, { end: 1 }, {}, { end: 1 }]);
    expect(rows).toEqual(["begins", "", "ends", "begins", "ends"]);
  });

  it("begins one with a start, also where another is under way", () => {
    const rows = marked({ late: "step", start: "on", end: "off" }, [
      {},
      { on: 1 },
      { on: 1, off: 1 },
      { off: 1 },
    ]);
    expect(rows).toEqual(["begins", "begins", "begins ends", "begins ends"]);
  });

  it("ends one with every event where that is said", () => {
    expect(marked({ late: "step", end: true }, [{}, {}])).toEqual(["begins ends", "begins ends"]);
  });

  it("takes an event that is nothing but a mark where it comes, whatever its time, and asks it for no id", () => {
    const options = {
      late: "drop",
      gapMs: 10,
      id: "n",
      start: "on",
      end: "off",
      marks: ["on", "off"],
    } as const;
    const events = [
      eventOf("a", 100, { n: 1 }),
      eventOf("a", 0, { off: 1 }),
      eventOf("a", 500, { off: 1 }),
      eventOf("a", 500, { on: 1 }),
      eventOf("a", 105, { n: 2 }),
      eventOf("a", 0, { on: 1 }),
      eventOf("a", 106, { n: 3 }),
    ];
    run(options, events);
    expect(events.map(({ begins, ends, isMark, note, seq }) => [begins, ends, isMark, note, seq])).toEqual([
      [true, false, false, "", 1],
      [false, true, true, "", 2],
      [true, true, true, "", 3],
      [true, false, true, "", 4],
      [false, false, false, "", 5],
      [true, false, true, "", 6],
      [false, false, false, "", 7],
    ]);
  });

  it("ends no sequence with a mark that begins one, where every other event ends one", () => {
    const events = [eventOf("a", 0, { on: 1 }), eventOf("a", 0), eventOf("a", 0)];
    run({ late: "step", start: "on", end: true, marks: ["on"] }, events);
    expect(events.map(({ begins, ends }) => [begins, ends])).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  it("does not take a dropped event's marks", () => {
    const events = [eventOf("a", 5), eventOf("a", 1, { end: 1 }), eventOf("a", 6)];
    run({ late: "drop", end: "end" }, events);
    expect(events.map(({ begins, ends }) => [begins, ends])).toEqual([
      [true, false],
      [false, false],
      [false, false],
    ]);
  });
});

describe("sequenceStage()", () => {
  it("counts positions over all keys and seq per key, and begins each key", () => {
    expect(run({ late: "step" }, [eventOf("a", 1), eventOf("b", 1), eventOf("a", 2)])).toEqual([
      { position: 1, seq: 1, begins: true, note: "" },
      { position: 2, seq: 1, begins: true, note: "" },
      { position: 3, seq: 2, begins: false, note: "" },
    ]);
  });

  it("goes on counting a key that is reset, and says where what is known of it begins", () => {
    const stage = sequenceStage({ late: "step" });
    run({ late: "step" }, [eventOf("a", 1), eventOf("b", 1), eventOf("a", 2)], stage);
    const reset = request({ kind: "reset", key: "a" });
    stage.process({ ...batchOf([]), requests: [reset] });
    const restored = sequenceStage({ late: "step" });
    for (const key of ["", "a", "b"]) restored.slots[0]?.restore(key, stage.slots[0]!.save(key)!);
    for (const one of [stage, restored]) {
      const events = [eventOf("a", 3), eventOf("b", 3)];
      run({ late: "step" }, events, one);
      expect(events.map(({ seq, floor }) => [seq, floor])).toEqual([
        [3, 2],
        [2, 0],
      ]);
    }
  });

  it("begins anew after a gap longer than gapMs, not after one as long", () => {
    const rows = run({ late: "step", gapMs: 10 }, [eventOf("a", 0), eventOf("a", 10), eventOf("a", 21)]);
    expect(rows.map((row) => row.begins)).toEqual([true, false, true]);
  });

  it("steps late events as they come by default, without moving the newest time back", () => {
    const rows = run({ late: "step", gapMs: 15 }, [eventOf("a", 20), eventOf("a", 5), eventOf("a", 30)]);
    expect(rows.map((row) => [row.seq, row.begins])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ]);
  });

  it("drops late events when asked to, and steps equal times", () => {
    const rows = run({ late: "drop" }, [eventOf("a", 20), eventOf("a", 5), eventOf("a", 20)]);
    expect(rows.map((row) => [row.position, row.seq, row.note])).toEqual([
      [1, 1, ""],
      [2, 0, "late"],
      [3, 2, ""],
    ]);
  });

  it("notes an id that the key has had before as repeated, also after restoring", () => {
    const options = { late: "step", id: "n" } as const;
    const stage = sequenceStage(options);
    run(options, [eventOf("a", 1, { n: 7 }), eventOf("b", 1, { n: 7 })], stage);
    const restored = sequenceStage(options);
    for (const slot of stage.slots) {
      for (const key of slot.keys()) restored.slots[0]?.restore(key, slot.save(key) ?? new Uint8Array());
    }
    const rows = run(options, [eventOf("a", 2, { n: 7 }), eventOf("a", 3, { n: 8 })], restored);
    expect(rows.map((row) => [row.position, row.note])).toEqual([
      [3, "repeated"],
      [4, ""],
    ]);
  });
});
