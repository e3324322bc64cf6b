import { describe, expect, it } from "vitest";
import { SnapshotPace } from "../../src/stream/snapshot-pace.js";

const snapshot = (bytes: number) => ({
  position: 1,
  entries: [{ slot: "s", version: 1, key: "k", bytes: new Uint8Array(bytes) }],
});
/** Events after which it is due. */
function dueAfter(pace: SnapshotPace): number {
  for (let events = 1000; ; events += 1000) {
    pace.see(1000);
    if (pace.isDue(0)) return events;
  }
}

describe("SnapshotPace", () => {
  it("is due every 20,000 events, or after so many that a large one costs 32 bytes each", () => {
    const pace = new SnapshotPace();
    expect(dueAfter(pace)).toBe(20_000);
    expect(pace.take(snapshot(10_000), 0)).toBe(true);
    expect(dueAfter(pace)).toBe(20_000);
    // Too early for its size: it is taken again later.
    expect(pace.take(snapshot(3_200_000), 0)).toBe(false);
    expect(dueAfter(pace)).toBe(80_000);
    expect(pace.take(snapshot(3_200_000), 0)).toBe(true);
    expect(dueAfter(pace)).toBe(100_000);
    expect(pace.take(snapshot(64_000_000), 0)).toBe(false);
    expect(dueAfter(pace)).toBe(400_000);
  });

  it("keeps to what somebody said, by events or by time", () => {
    const byEvents = new SnapshotPace({ events: 3000 });
    expect(dueAfter(byEvents)).toBe(3000);
    expect(byEvents.take(snapshot(64_000_000), 0)).toBe(true);
    expect(dueAfter(byEvents)).toBe(3000);
    const byTime = new SnapshotPace({ ms: 60_000 });
    expect([byTime.isDue(0), byTime.isDue(59_999), byTime.isDue(60_000)]).toEqual([false, false, true]);
    expect(byTime.take(snapshot(1), 60_000)).toBe(true);
    expect(byTime.isDue(100_000)).toBe(false);
  });
});
