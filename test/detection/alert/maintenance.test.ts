import { describe, expect, it } from "vitest";
import { Maintenance } from "../../../src/detection/index.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

describe("Maintenance.until()", () => {
  it("tells the end of a window that is on once, its beginning included and its end not", () => {
    const [from, to] = [at("2026-05-02T06:00:00Z"), at("2026-05-03T18:00:00Z")];
    const once = new Maintenance([{ from, to }], "UTC");
    expect([from - 1, from, to - 1, to].map((time) => once.until("a", time))).toEqual([
      undefined,
      to,
      to,
      undefined,
    ]);
  });

  it("recurs by the clocks of the zone, through the night and through summer time", () => {
    const nightly = new Maintenance([{ at: 23 * HOUR, forMs: 2 * HOUR }], "Europe/Berlin");
    const winter = nightly.until("a", at("2026-01-10T23:30:00Z"));
    expect(winter).toBe(at("2026-01-11T00:00:00Z"));
    expect(nightly.until("a", at("2026-01-10T21:59:59Z"))).toBeUndefined();
    expect(nightly.until("a", at("2026-07-10T22:30:00Z"))).toBe(at("2026-07-10T23:00:00Z"));
    expect(nightly.until("a", at("2026-07-10T23:00:00Z"))).toBeUndefined();
  });

  it("keeps to its days: those on which it begins", () => {
    const weekend = new Maintenance([{ at: 22 * HOUR, forMs: 40 * HOUR, weekdays: [5] }], "UTC");
    const friday = at("2026-05-01T22:00:00Z");
    expect(weekend.until("a", friday - 1)).toBeUndefined();
    expect(weekend.until("a", friday)).toBe(friday + 40 * HOUR);
    expect(weekend.until("a", friday + 40 * HOUR - 1)).toBe(friday + 40 * HOUR);
    expect(weekend.until("a", friday + 40 * HOUR)).toBeUndefined();
    expect(weekend.until("a", friday + 7 * DAY)).toBe(friday + 7 * DAY + 40 * HOUR);
  });

  it("is that of some keys, and the last end counts where several overlap", () => {
    const windows = new Maintenance(
      [
        { from: 0, to: 100 },
        { from: 50, to: 200, keys: ["a"] },
      ],
      "UTC",
    );
    expect([windows.until("a", 60), windows.until("b", 60), windows.until("b", 150)]).toEqual([
      200,
      100,
      undefined,
    ]);
  });

  it("knows times before 1970", () => {
    const daily = new Maintenance([{ at: 0, forMs: HOUR, weekdays: [3] }], "UTC");
    expect(daily.until("a", at("1969-12-31T00:30:00Z"))).toBe(at("1969-12-31T01:00:00Z"));
  });
});
