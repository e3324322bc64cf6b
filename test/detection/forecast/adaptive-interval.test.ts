import { describe, expect, it } from "vitest";
import { measureCoverage } from "../../../src/cli/bench/coverage/coverage.js";
import { ByteReader, ByteWriter, Rng } from "../../../src/core/index.js";
import { AdaptiveInterval } from "../../../src/detection/forecast/adaptive-interval.js";

function learned(errors: readonly number[]): AdaptiveInterval {
  const interval = new AdaptiveInterval();
  for (const error of errors) interval.learn(error);
  return interval;
}

const counting = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);

describe("AdaptiveInterval", () => {
  it("knows nothing before twenty errors", () => {
    expect(learned(counting(19)).halfWidth).toBeNull();
    expect(learned(counting(20)).halfWidth).toBeGreaterThan(0);
  });

  it("gives quantiles and p of the last 500 |errors|, however they came", () => {
    const rng = new Rng(1);
    const errors = Array.from({ length: 1700 }, () => Math.round(20 * rng.normal()));
    const interval = learned(errors);
    const last = errors
      .slice(-500)
      .map(Math.abs)
      .sort((a, b) => a - b);
    for (const share of [0, 0.3, 0.5, 0.95, 0.99, 1]) {
      const rank = Math.min(499, Math.max(0, Math.ceil(share * 501) - 1));
      expect(interval.quantile(share)).toBe(last[rank]);
    }
    for (const error of [0, -7, 20, 60, 1000]) {
      const larger = last.filter((size) => size >= Math.abs(error)).length;
      expect(interval.p(error)).toBe((1 + larger) / 501);
    }
  });

  it("widens where values are missed and narrows where none is", () => {
    const steady = learned(Array.from({ length: 600 }, (_, i) => (i % 100) + 1));
    const before = steady.halfWidth ?? 0;
    for (let i = 0; i < 3; i++) steady.learn(1000);
    expect(steady.halfWidth).toBe(1000);
    for (let i = 0; i < 600; i++) steady.learn(1);
    expect(steady.halfWidth).toBeLessThan(before);
  });

  it("goes on with the same bits after being written and read", () => {
    const rng = new Rng(2);
    const errors = Array.from({ length: 1200 }, () => rng.normal());
    for (const cut of [0, 10, 33, 499, 500, 800]) {
      const first = learned(errors.slice(0, cut));
      const to = new ByteWriter();
      first.write(to);
      const second = new AdaptiveInterval().read(new ByteReader(to.finish(), "interval"));
      for (const error of errors.slice(cut)) {
        expect([second.halfWidth, second.p(error)]).toEqual([first.halfWidth, first.p(error)]);
        first.learn(error);
        second.learn(error);
      }
    }
  });

  it("stays finite on errors of any size", () => {
    const interval = learned([...counting(30), 1e300, -1e308, 0]);
    expect(interval.halfWidth).toBeLessThan(1e39);
    expect(interval.p(1e300)).toBeLessThan(0.2);
  });

  it("holds about 95 % of the values, and does so again soon after the noise has tripled", () => {
    const { stretches } = measureCoverage(3, 3);
    const [before = 0, , soon = 0, later = 0] = stretches.map(({ share }) => share);
    expect(before).toBeGreaterThan(0.94);
    expect(before).toBeLessThan(0.96);
    expect(soon).toBeGreaterThan(0.9);
    expect(later).toBeGreaterThan(0.94);
    expect(later).toBeLessThan(0.96);
  });
});
