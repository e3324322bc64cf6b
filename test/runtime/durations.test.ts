import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Durations } from "../../src/runtime/index.js";

describe("Durations", () => {
  it("quantile() is the bucket's end that holds it: at most 30 % above the true one", () => {
    const durations = fc.array(fc.double({ min: 0.02, max: 50_000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99), (all, q) => {
        const kept = new Durations();
        for (const ms of all) kept.add(ms, 0);
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(q * sorted.length) - 1]!;
        const found = kept.quantile(q, 0)!;
        expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        expect(found).toBeLessThanOrEqual(exact * 1.3);
      }),
      { seed: 1 },
    );
  });

  it("quantile() forgets what is more than a minute old; null when nothing is left", () => {
    const kept = new Durations();
    expect(kept.quantile(0.5, 0)).toBeNull();
    kept.add(1000, 1000);
    kept.add(1, 31_000, 3);
    expect(kept.quantile(0.99, 31_000)).toBeGreaterThan(900);
    kept.add(1, 62_000);
    expect(kept.quantile(0.99, 62_000)).toBeLessThan(2);
    expect(kept.quantile(0.5, 300_000)).toBeNull();
  });

  it("totals() counts all since the start, cumulative by bucket, those beyond the last bucket too", () => {
    const kept = new Durations();
    kept.add(0, 0);
    kept.add(1, 40_000, 2);
    kept.add(1e7, 90_000);
    const { count, sumMs, buckets } = kept.totals();
    expect(count).toBe(4);
    expect(sumMs).toBe(2 + 1e7);
    expect(buckets[0]!.count).toBe(1);
    expect(buckets.at(-1)!.count).toBe(3);
    expect(buckets.every((bucket, i) => i === 0 || bucket.count >= buckets[i - 1]!.count)).toBe(true);
  });
});
