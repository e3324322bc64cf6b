import { describe, expect, it } from "vitest";
import { OVERLOADED_AT, shedLoad } from "../../src/stream/overload.js";
import { eventOf } from "./events.js";

const events = Array.from({ length: 20 }, (_, i) => eventOf(i % 4 === 0 ? "a" : "b", i));
const times = (kept: readonly { sample: { time: number } }[]) => kept.map(({ sample }) => sample.time);

describe("shedLoad()", () => {
  it("leaves nothing out under back-pressure, nor while few packets wait", () => {
    expect(shedLoad("back-pressure", events, 1e6)).toBe(events);
    for (const policy of ["drop-oldest", "sample", "coalesce"] as const) {
      expect(shedLoad(policy, events, OVERLOADED_AT - 1)).toBe(events);
    }
  });

  it("drop-oldest leaves out the batch: what waits is newer", () => {
    expect(shedLoad("drop-oldest", events, OVERLOADED_AT)).toEqual([]);
  });

  it("sample keeps every fourth of each key, coalesce the newest, in their order", () => {
    // Key a: 0 4 8 12 16; key b: the other 15.
    expect(times(shedLoad("sample", events, OVERLOADED_AT))).toEqual([0, 3, 9, 14, 16, 19]);
    expect(times(shedLoad("coalesce", events, OVERLOADED_AT))).toEqual([16, 19]);
  });
});
