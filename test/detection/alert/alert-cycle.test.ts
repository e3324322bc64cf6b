import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, Rng } from "../../../src/core/index.js";
import { AlertCycle, scoreOf } from "../../../src/detection/alert/index.js";

const W = 100;
const options = { warmUp: W, hold: 5 };

/** What becomes of strengths, [row, state] where an alert changed; rows are a second apart. */
function changes(strengths: readonly number[], cycle = new AlertCycle(options)): [number, string][] {
  return strengths.flatMap((strength, row): [number, string][] => {
    const { state } = cycle.step(strength, row * 1000, true);
    return state === undefined ? [] : [[row, state]];
  });
}

/** A level, given so many times. */
function level(strength: number, rows: number): number[] {
  return Array.from({ length: rows }, () => strength);
}

describe("scoreOf()", () => {
  it("is half the ratio below 1, and nears 1 above", () => {
    expect([0, 0.5, 1].map(scoreOf)).toEqual([0, 0.25, 0.5]);
    expect(scoreOf(2)).toBeCloseTo(0.5 + 0.5 * (1 - Math.exp(-1)), 15);
    expect(scoreOf(1e300)).toBe(1);
  });

  it("rises with the ratio", () => {
    const scores = Array.from({ length: 200 }, (_, i) => scoreOf(i / 20));
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(new Set(scores).size).toBe(200);
  });
});

describe("AlertCycle", () => {
  it("raises at an onset, and clears `hold` rows after it has passed", () => {
    expect(changes([...level(0.4, 10), 1.2, ...level(0.4, 20)])).toEqual([
      [10, "raised"],
      [15, "cleared"],
    ]);
  });

  it("stays open as long as a plateau lasts, updated once per refractory time", () => {
    const found = changes([...level(0.4, 10), ...level(4, 200), ...level(0.4, 20)]);
    const [first, ...others] = found;
    expect(first).toEqual([10, "raised"]);
    expect(others.at(-1)).toEqual([214, "cleared"]);
    const updated = others.slice(0, -1);
    expect(updated).toEqual([36, 62, 88, 114, 140, 166, 192].map((row) => [row, "updated"]));
  });

  it("does not clear on a plateau that it has got used to", () => {
    const found = changes([...level(1.1, 3000), ...level(0.4, 20)]);
    expect(found.filter(([, state]) => state !== "updated")).toEqual([
      [0, "raised"],
      [3004, "cleared"],
    ]);
    expect(found.length).toBeLessThan(3000 / 26 / 2);
  });

  it("neither raises nor clears between 0.7 and 1", () => {
    expect(changes([...level(0.9, 50), 1, ...level(0.9, 50)])).toEqual([[50, "raised"]]);
  });

  it("raises no second alert within a quarter of the warm-up", () => {
    const strengths = [1.5, ...level(0, 10), ...level(1.5, 30)];
    expect(changes(strengths)).toEqual([
      [0, "raised"],
      [5, "cleared"],
      [26, "raised"],
    ]);
  });

  it("raises a second alert sooner where that is twice as strong as anything since the first", () => {
    const slightThenGross = (second: number) => changes([1.5, ...level(0, 10), second, ...level(0, 10)]);
    const first = [
      [0, "raised"],
      [5, "cleared"],
    ];
    expect(slightThenGross(3)).toEqual(first);
    expect(slightThenGross(3.3)).toEqual([...first, [11, "raised"], [16, "cleared"]]);
  });

  it("updates an open alert once for each doubling, not all the way up", () => {
    const rising = Array.from({ length: 25 }, (_, i) => 1.02 + i / 4);
    expect(changes(rising)).toEqual([[0, "raised"]]);
    expect(changes([1.1, 2.4, 5.5, 5.6, 5.7])).toEqual([
      [0, "raised"],
      [1, "updated"],
      [2, "updated"],
    ]);
  });

  it("gets used to firings, and forgets them over eight warm-ups", () => {
    const cycle = new AlertCycle(options);
    changes([1.01, ...level(0, 100)], cycle);
    expect(changes([1.01], cycle)).toEqual([]);
    changes(level(0, 40 * W), cycle);
    expect(changes([1.01], cycle)).toEqual([[0, "raised"]]);
  });

  it("gives a score with habituation and without refractory time", () => {
    const cycle = new AlertCycle(options);
    const first = cycle.step(2, 0, true);
    const second = cycle.step(2, 1000, true);
    expect(first).toMatchObject({ fires: true, score: scoreOf(2) });
    expect(second.fires).toBe(false);
    expect(second.score).toBeCloseTo(scoreOf(2 / 1.07), 3);
  });

  it("says nothing while unreported, and gets used to things all the same", () => {
    const cycle = new AlertCycle(options);
    expect(cycle.step(1.01, 0, false)).toMatchObject({ fires: true, state: undefined });
    expect(cycle.isOpen).toBe(false);
    changes(level(0, 50), cycle);
    expect(changes([1.01], cycle)).toEqual([]);
  });

  it("keeps an open alert while unreported", () => {
    const cycle = new AlertCycle(options);
    changes([2], cycle);
    for (let row = 1; row < 20; row++) expect(cycle.step(0, row * 1000, false).state).toBeUndefined();
    expect(cycle.isOpen).toBe(true);
    expect(changes(level(0, 5), cycle)).toEqual([[4, "cleared"]]);
  });

  it("tells since when it is open, and ends it when asked", () => {
    const cycle = new AlertCycle(options);
    expect(cycle.clear()).toBeUndefined();
    changes([0, 0, 3], cycle);
    expect(cycle.since).toBe(2000);
    expect(cycle.clear()).toBe("cleared");
    expect(cycle.isOpen).toBe(false);
    expect(cycle.since).toBeNaN();
  });

  it("takes over the alert of another", () => {
    const [before, after] = [new AlertCycle(options), new AlertCycle(options)];
    changes([0, 3], before);
    after.take(before);
    expect(after.since).toBe(1000);
    expect(changes(level(0, 5), after)).toEqual([[4, "cleared"]]);
  });

  it("goes on with the same bits after being written and read", () => {
    const rng = new Rng(4);
    const strengths = Array.from({ length: 400 }, () => 0.6 + 0.3 * rng.normal());
    const step = (cycle: AlertCycle, from: number, to: number) =>
      strengths.slice(from, to).map((strength, i) => cycle.step(strength, (from + i) * 1000, true));
    const expected = step(new AlertCycle(options), 0, 400);
    for (const cut of [0, 1, 57, 200, 399]) {
      const first = new AlertCycle(options);
      const before = step(first, 0, cut);
      const writer = new ByteWriter();
      first.write(writer);
      const second = new AlertCycle(options).read(new ByteReader(writer.finish(), "alert cycle"));
      expect([...before, ...step(second, cut, 400)]).toEqual(expected);
    }
  });
});
