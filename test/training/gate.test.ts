import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { type Evidence, judge, standardErrors } from "../../src/training/index.js";

/** Errors of two networks that share most of what they err by. */
function evidence(seed: number, count: number, gain: number): Evidence {
  const rng = new Rng(seed);
  const service: number[] = [];
  const candidate: number[] = [];
  for (let i = 0; i < count; i++) {
    const shared = Math.abs(rng.normal());
    service.push(shared + 0.1 * Math.abs(rng.normal()));
    candidate.push((1 - gain) * shared + 0.1 * Math.abs(rng.normal()));
  }
  return { service, candidate, naive: service.map((error) => 1.5 * error) };
}

describe("standardErrors()", () => {
  it("standardErrors() of independent differences are those of the mean", () => {
    const rng = new Rng(1);
    const d = Array.from({ length: 4000 }, () => 0.1 + rng.normal());
    expect(standardErrors(d, 1)).toBeGreaterThan(0.07 * Math.sqrt(4000));
    expect(standardErrors(d, 1)).toBeLessThan(0.13 * Math.sqrt(4000));
  });

  it("standardErrors() are fewer where neighbours resemble each other", () => {
    const rng = new Rng(2);
    let value = 0;
    const d = Array.from({ length: 4000 }, () => {
      value = 0.8 * value + rng.normal();
      return 0.3 + value;
    });
    const naive =
      (d.reduce((sum, x) => sum + x, 0) /
        d.length /
        Math.sqrt(d.reduce((sum, x) => sum + x * x, 0) / d.length)) *
      Math.sqrt(d.length);
    expect(standardErrors(d, 1)).toBeLessThan(0.6 * naive);
  });

  it("standardErrors() are 0 where nothing differs, or next to nothing is known", () => {
    expect(standardErrors([], 1)).toBe(0);
    expect(standardErrors([1], 1)).toBe(0);
    expect(standardErrors(new Array(50).fill(0), 3)).toBe(0);
  });
});

describe("judge()", () => {
  it("judge() lets a candidate that errs less into service, and says why", () => {
    const verdict = judge(evidence(1, 400, 0.1), 1);
    expect(verdict).toMatchObject({ isBetter: true, isWorse: false, count: 400 });
    expect(verdict.why).toMatch(
      /errs \d+\.\d % less than the network in service over 400 events, \d+\.\d standard errors/,
    );
  });

  it("judge() waits for enough events, for enough gain, and for more than the naive forecast gives", () => {
    expect(judge(evidence(1, 100, 0.2), 1)).toMatchObject({ isBetter: false });
    expect(judge(evidence(1, 4000, 0.01), 1)).toMatchObject({ isBetter: false });
    const naive = evidence(1, 400, 0.1);
    const verdict = judge({ ...naive, naive: naive.candidate }, 1);
    expect(verdict.isBetter).toBe(false);
    expect(verdict.why).toMatch(/no better than the naive forecast/);
  });

  it("judge() knows a candidate that errs more", () => {
    expect(judge(evidence(1, 1000, -0.1), 1)).toMatchObject({ isBetter: false, isWorse: true });
  });

  it("judge() lets in next to none that have no gain: at most 1 of 500", () => {
    let promoted = 0;
    for (let seed = 1; seed <= 500; seed++) {
      if (judge(evidence(1000 + seed, 336, 0), 1).isBetter) promoted++;
    }
    expect(promoted).toBeLessThanOrEqual(1);
  });
});
