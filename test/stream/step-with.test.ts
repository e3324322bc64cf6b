import { EMPTY, filter, NEVER, of, Subject, throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import type { Batch, Settlement, Stage } from "../../src/core/index.js";
import { stepWith } from "../../src/stream/step-with.js";
import { via } from "../../src/stream/via.js";
import { batchOf, eventOf } from "./events.js";

const batches = (count: number, settled: Settlement[] = []) =>
  Array.from({ length: count }, (_, i) => batchOf([eventOf("a", i)], settled));

const marking: () => Stage = () => ({
  slots: [],
  process: (batch) => {
    for (const event of batch.events) event.seq = 1;
  },
});

/** What an observer saw: `n` per batch, then `c` or `e`. */
function watch(source: { subscribe: (observer: object) => { unsubscribe(): void } }) {
  const seen: string[] = [];
  const subscription = source.subscribe({
    next: () => seen.push("n"),
    error: () => seen.push("e"),
    complete: () => seen.push("c"),
  });
  return { seen, subscription };
}

describe("stepWith()", () => {
  it.each([
    ["never", NEVER, []],
    ["empty", EMPTY, ["c"]],
    ["one", of(...batches(1)), ["n", "c"]],
    ["many", of(...batches(3)), ["n", "n", "n", "c"]],
    ["error", throwError(() => new Error("source")), ["e"]],
  ])("passes on %s as it comes", (_name, source, expected) => {
    expect(watch(source.pipe(stepWith(marking))).seen).toEqual(expected);
  });

  it("errors when the stage throws", () => {
    const failing = () => ({
      slots: [],
      process: () => {
        throw new Error("stage");
      },
    });
    expect(watch(of(...batches(2)).pipe(stepWith(failing))).seen).toEqual(["e"]);
  });

  it("keeps the order and completes last when the stage has to wait", async () => {
    let release = () => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    let first = true;
    const stage = (): Stage => ({
      slots: [],
      process: () => {
        const wait = first;
        first = false;
        return wait ? waiting : undefined;
      },
    });
    const { seen } = watch(of(...batches(3)).pipe(stepWith(stage)));
    expect(seen).toEqual([]);
    release();
    await waiting;
    await Promise.resolve();
    expect(seen).toEqual(["n", "n", "n", "c"]);
  });

  it("emits nothing after an early unsubscribe", () => {
    const source = new Subject<Batch>();
    const { seen, subscription } = watch(source.pipe(stepWith(marking)));
    subscription.unsubscribe();
    for (const batch of batches(2)) source.next(batch);
    expect(seen).toEqual([]);
    expect(source.observed).toBe(false);
  });
});

describe("via()", () => {
  it("settles what a filter drops as dropped, and leaves the rest to the commit", () => {
    const settled: Settlement[] = [];
    const all = batches(4, settled);
    let index = 0;
    const { seen } = watch(of(...all).pipe(via(filter(() => index++ % 2 === 1))));
    expect(seen).toEqual(["n", "n", "c"]);
    expect(settled).toEqual(["dropped", "dropped"]);
    expect(all.map((batch) => batch.delivery.settlement)).toEqual([
      "dropped",
      undefined,
      "dropped",
      undefined,
    ]);
  });
});
