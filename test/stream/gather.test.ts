import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Gatherer } from "../../src/stream/gather.js";

describe("Gatherer", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("gives what came within a turn as one group, of a bounded size", () => {
    const groups: (readonly number[])[] = [];
    const gatherer = new Gatherer<number>((group) => groups.push(group), undefined, { most: 3 });
    for (const n of [1, 2, 3, 4, 5]) gatherer.add(n);
    expect(gatherer.waiting).toBe(5);
    expect(groups).toEqual([]);
    vi.runAllTimers();
    expect(groups).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(gatherer.waiting).toBe(0);
  });

  it("lingers for others, but not with a full group", () => {
    const groups: (readonly number[])[] = [];
    const gatherer = new Gatherer<number>((group) => groups.push(group), undefined, {
      most: 4,
      lingerMs: 200,
    });
    gatherer.add(1);
    vi.advanceTimersByTime(150);
    gatherer.add(2);
    vi.advanceTimersByTime(49);
    expect(groups).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(groups).toEqual([[1, 2]]);
    for (const n of [3, 4, 5, 6, 7]) gatherer.add(n);
    vi.advanceTimersByTime(1);
    expect(groups).toEqual([
      [1, 2],
      [3, 4, 5, 6],
    ]);
    vi.advanceTimersByTime(201);
    expect(groups.at(-1)).toEqual([7]);
  });
});
