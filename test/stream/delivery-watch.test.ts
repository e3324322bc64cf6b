import { describe, expect, it } from "vitest";
import { ManualClock, type Settlement } from "../../src/core/index.js";
import { DeliveryWatch } from "../../src/stream/index.js";

describe("DeliveryWatch", () => {
  it("oldestMs tells how long the oldest unsettled delivery has waited", () => {
    const clock = new ManualClock(1000);
    const watch = new DeliveryWatch(clock);
    expect(watch.oldestMs).toBe(0);
    const first = watch.begin(() => {});
    clock.advance(300);
    const second = watch.begin(() => {});
    clock.advance(50);
    expect([watch.unsettled, watch.oldestMs]).toEqual([2, 350]);
    first.settle("committed");
    expect([watch.unsettled, watch.oldestMs]).toEqual([1, 50]);
    second.settle("failed");
    expect([watch.unsettled, watch.oldestMs]).toEqual([0, 0]);
  });

  it("begin() passes the settlement on", () => {
    const settlements: Settlement[] = [];
    const watch = new DeliveryWatch(new ManualClock());
    watch.begin((settlement) => settlements.push(settlement)).settle("dropped");
    expect(settlements).toEqual(["dropped"]);
  });
});
