import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { LagProfiles, UNKNOWN, WIDTHS } from "../../../src/detection/pattern/lag-profiles.js";
import { Kernel } from "../../../src/kernel/index.js";

/** As the formula says it, in float64. */
function naive(values: readonly number[], N: number): number[][] {
  const D = WIDTHS.map(() => new Float64Array(N + 1));
  const levels: number[][] = WIDTHS.map(() => []);
  return values.map((v, t) => {
    const known = Math.min(t, N);
    return WIDTHS.map((w, i) => {
      const profile = D[i]!;
      for (let L = 1; L <= known; L++) {
        const apart = v - values[t - L]!;
        profile[L] = (1 - 1 / w) * profile[L]! + (apart * apart) / w;
      }
      const before = levels[i]!.at(-1);
      const level = before === undefined ? v : before + (v - before) / w;
      levels[i]!.push(level);
      let least = Number.POSITIVE_INFINITY;
      for (let L = w; L <= known - 3 * w; L++) {
        const off = i === 0 ? 0 : level - levels[i]![t - L]!;
        least = Math.min(least, profile[L]! - off * off);
      }
      return t >= 2 * w && Number.isFinite(least) ? Math.sqrt(Math.max(0, least)) : UNKNOWN;
    });
  });
}

describe("LagProfiles", () => {
  it("gives what the formula gives, also when the ring has turned", () => {
    const rng = new Rng(4);
    const values = Array.from({ length: 900 }, (_, t) => Math.sin(t / 7) + 0.3 * rng.normal());
    const profiles = new LagProfiles(new Kernel(), 200);
    const out = new Float64Array(WIDTHS.length);
    const expected = naive(values, 200);
    for (const [t, v] of values.entries()) {
      profiles.step(out, v);
      for (const [i, z] of out.entries()) expect(Math.abs(z - (expected[t]?.[i] ?? 0))).toBeLessThan(2e-3);
    }
  });

  it("bestLag() finds the period", () => {
    const profiles = new LagProfiles(new Kernel(), 200);
    const out = new Float64Array(WIDTHS.length);
    const rng = new Rng(4);
    const period = Array.from({ length: 50 }, () => rng.normal());
    for (let t = 0; t < 199; t++) profiles.step(out, period[t % 50]! + 1e-3 * rng.normal());
    expect(profiles.bestLag(2) % 50).toBe(0);
  });
});
