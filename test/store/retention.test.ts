import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutByAge, cutBySize, isWorthShrinking, snapshotsToKeep } from "../../src/store/retention.js";

const HOUR = 3_600_000;
const places = (...positions: number[]) =>
  positions.map((position) => ({ position, arrival: position * HOUR }));

describe("snapshotsToKeep()", () => {
  it("keeps the two newest and the one at the cut", () => {
    expect(snapshotsToKeep([100, 200, 300, 9_990, 10_000], 100)).toEqual([100, 9_990, 10_000]);
  });

  it("drops the first ones while the journal reaches back to the beginning and they are close together", () => {
    expect(snapshotsToKeep([1, 2, 50, 100], 0)).toEqual([50, 100]);
  });

  it("bounds their number while the journal grows, with a place to cut in every third of it", () => {
    let stored: number[] = [];
    for (let position = 100; position <= 100_000; position += 100) {
      stored = snapshotsToKeep([...stored, position], 0);
      expect(stored.length).toBeLessThanOrEqual(11);
      expect(stored.slice(-2)).toEqual([position - 100, position].filter((place) => place > 0));
      const gaps = [...stored].map((place, i) => place - (stored[i - 1] ?? 0));
      if (position > 1000) expect(Math.max(...gaps)).toBeLessThanOrEqual(position / 3);
    }
  });

  it("never drops the newest two nor the one at the cut, whatever is stored", () => {
    const stored = fc.uniqueArray(fc.nat(1000), { minLength: 1 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(stored, fc.nat(), (positions, pick) => {
        const cut = positions[pick % positions.length] ?? 0;
        const kept = snapshotsToKeep(
          positions.filter((position) => position >= cut),
          cut,
        );
        expect(kept[0]).toBe(cut);
        expect(kept.slice(-2)).toEqual(positions.filter((position) => position >= cut).slice(-2));
      }),
      { seed: 7 },
    );
  });
});

describe("cutByAge()", () => {
  it("cuts at the newest snapshot that is too old", () => {
    const extent = { cut: 0, snapshots: places(1, 2, 3, 4, 5), published: undefined };
    expect(cutByAge(extent, 5 * HOUR, 2 * HOUR)).toBe(2);
  });

  it("never cuts at the very newest snapshot, however old", () => {
    const extent = { cut: 0, snapshots: places(1, 2), published: undefined };
    expect(cutByAge(extent, 100 * HOUR, HOUR)).toBe(1);
  });

  it("keeps what is still to be published", () => {
    const snapshots = places(1, 2, 3, 4, 5);
    expect(cutByAge({ cut: 0, snapshots, published: 1 }, 100 * HOUR, HOUR)).toBe(1);
    expect(cutByAge({ cut: 0, snapshots, published: 0 }, 100 * HOUR, HOUR)).toBe(0);
  });

  it("never moves back", () => {
    expect(cutByAge({ cut: 7, snapshots: [], published: undefined }, 0, HOUR)).toBe(7);
  });
});

describe("cutBySize()", () => {
  it("moves the pipeline with the oldest rung up by one", () => {
    const extents = [
      { cut: 0, snapshots: places(5, 6, 7), published: undefined },
      { cut: 1, snapshots: places(1, 2, 7), published: undefined },
    ];
    expect(cutBySize(extents)).toEqual({ index: 1, cut: 2 });
  });

  it("has nothing to give when only the newest snapshot is left", () => {
    expect(cutBySize([{ cut: 6, snapshots: places(6, 7), published: undefined }])).toBeUndefined();
  });
});

describe("isWorthShrinking()", () => {
  it("leaves a few free pages for the rows to come, many only at the limit", () => {
    expect(isWorthShrinking(100, 10_000, false)).toBe(false);
    expect(isWorthShrinking(100, 10_000, true)).toBe(true);
    expect(isWorthShrinking(3_000, 10_000, false)).toBe(true);
  });
});
