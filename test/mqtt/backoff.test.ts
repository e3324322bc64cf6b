import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/mqtt/backoff.js";

const bounds = { minMs: 250, maxMs: 30_000 };

describe("backoffMs()", () => {
  it("doubles with every failure up to the bound", () => {
    const pauses = [0, 1, 2, 6, 7, 8, 2000].map((failures) => backoffMs(failures, bounds, 0) * 2);
    expect(pauses).toEqual([250, 500, 1000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("spreads over the upper half of the bound", () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, u) => {
          const full = 2 * backoffMs(failures, bounds, 0);
          const pause = backoffMs(failures, bounds, u);
          expect(pause).toBeGreaterThanOrEqual(full / 2);
          expect(pause).toBeLessThanOrEqual(full);
        },
      ),
      { seed: 1 },
    );
  });
});
