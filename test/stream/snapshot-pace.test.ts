import { describe, expect, it } from "vitest";
import { SnapshotPace } from "../../src/stream/snapshot-pace.js";

/** Events after which one of so many bytes is due; it is taken then. */
function dueAfter(pace: SnapshotPace, bytes: number): number {
  for (let events = 1000; ; events += 1000) {
    pace.see(1000);
    if (!pace.isDue(0, bytes)) continue;
    pace.take(0);
    return events;
  }
}

describe("SnapshotPace", () => {
  it("is due every 20,000 events, or after so many that a large one costs 32 bytes each", () => {
    const pace = new SnapshotPace();
    expect([0, 10_000, 3_200_000, 64_000_000, 0].map((bytes) => dueAfter(pace, bytes))).toEqual([
      20_000, 20_000, 100_000, 500_000, 20_000,
    ]);
  });

  it("keeps to what somebody said, by events or by time", () => {
    const byEvents = new SnapshotPace({ events: 3000 });
    expect([1, 64_000_000].map((bytes) => dueAfter(byEvents, bytes))).toEqual([3000, 3000]);
    const byTime = new SnapshotPace({ ms: 60_000 });
    expect([0, 59_999, 60_000].map((arrival) => byTime.isDue(arrival, 1))).toEqual([false, false, true]);
    byTime.take(60_000);
    expect(byTime.isDue(100_000, 1)).toBe(false);
  });
});
