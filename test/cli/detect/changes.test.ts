import { describe, expect, it } from "vitest";
import { clockEvents, matchChanges } from "../../../src/cli/bench/detect/changes.js";

describe("matchChanges()", () => {
  it("lets an event tell one place at most, the first one within reach", () => {
    expect(matchChanges([10, 12, 100], [8, 9, 60], 20)).toEqual({
      points: 3,
      hit: 2,
      events: 3,
      falseEvents: 1,
    });
  });

  it("takes no event before a place, nor one too late", () => {
    expect(matchChanges([7, 29], [8], 20)).toMatchObject({ hit: 0, falseEvents: 2 });
    expect(matchChanges([8, 28], [8], 20)).toMatchObject({ hit: 1, falseEvents: 1 });
  });
});

describe("clockEvents()", () => {
  it("spreads as many events evenly", () => {
    expect(clockEvents(4, 100, 180)).toEqual([110, 130, 150, 170]);
    expect(clockEvents(0, 100, 180)).toEqual([]);
  });
});
