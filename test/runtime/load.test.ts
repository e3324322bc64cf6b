import { describe, expect, it } from "vitest";
import { streamEvent } from "../../src/core/index.js";
import { Load } from "../../src/runtime/load.js";
import { batchOf } from "../stream/events.js";

const event = (time: number, arrival: number) => streamEvent({ key: "a", time, arrival, values: {} });

describe("Load", () => {
  it("tells the longest way from arrival to commit, and how old the newest event is", () => {
    const load = new Load();
    load.committed(batchOf([event(10, 100), event(20, 110)]), 150);
    load.committed(batchOf([event(400, 500)]), 520);
    load.waiting = 7;
    expect(load.figures(3, 2)).toEqual({ lagMs: 50, eventLagMs: 120, waiting: 7, unpublished: 3, shed: 2 });
  });

  it("has nothing to tell where nothing was committed since", () => {
    const load = new Load();
    expect(load.figures(0, 0)).toBeUndefined();
    load.committed(batchOf([event(1, 1)]), 2);
    expect(load.figures(0, 0)).toMatchObject({ lagMs: 1 });
    load.committed(batchOf([]), 9);
    expect(load.figures(0, 0)).toBeUndefined();
  });
});
