import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, Rng } from "../../../src/core/index.js";
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

  it("gives what the formula gives while it grows, and where blocks wait for what can't be theirs", () => {
    const rng = new Rng(5);
    const period = Array.from({ length: 90 }, () => rng.normal());
    const values = Array.from({ length: 2600 }, (_, t) => period[t % 90]! + 0.1 * rng.normal());
    const profiles = new LagProfiles(new Kernel(), 1000);
    const out = new Float64Array(WIDTHS.length);
    for (const [t, expected] of naive(values, 1000).entries()) {
      profiles.step(out, values[t]!);
      for (const [i, z] of out.entries()) expect(Math.abs(z - expected[i]!)).toBeLessThan(2e-3);
    }
  });

  it("goes on from its state to the same bits, whichever blocks waited", () => {
    const rng = new Rng(6);
    const own = new LagProfiles(new Kernel(), 600);
    let copied = new LagProfiles(new Kernel(), 600);
    const [a, b] = [new Float64Array(WIDTHS.length), new Float64Array(WIDTHS.length)];
    for (let t = 0; t < 2000; t++) {
      const v = Math.sin(t / 9) + 0.2 * rng.normal();
      own.step(a, v);
      copied.step(b, v);
      expect(b).toEqual(a);
      if (t % 171 !== 0) continue;
      const to = new ByteWriter();
      copied.write(to);
      copied = new LagProfiles(new Kernel(), 600);
      copied.read(new ByteReader(to.finish(), "lag profiles"));
    }
    const states = [own, copied].map((profiles) => {
      const to = new ByteWriter();
      profiles.write(to);
      return to.finish();
    });
    expect(states[1]).toEqual(states[0]);
  });

  it("refuses a state that is damaged", () => {
    const to = new ByteWriter();
    const profiles = new LagProfiles(new Kernel(), 600);
    for (let t = 0; t < 1000; t++) profiles.step(new Float64Array(WIDTHS.length), Math.sin(t));
    profiles.write(to);
    const bytes = to.finish();
    // Behind its length: three numbers, then seven places and counts.
    for (const field of [3, 4, 5, 6, 7, 8, 9, 10]) {
      const damaged = bytes.slice();
      new DataView(damaged.buffer).setInt32(20 + 4 * field, 0x7000_0000, true);
      const other = new LagProfiles(new Kernel(), 600);
      expect(() => other.read(new ByteReader(damaged, "lag profiles")), String(field)).toThrow(
        /expected those of 600 places/,
      );
    }
  });

  it("refuses a state of other places", () => {
    const to = new ByteWriter();
    const profiles = new LagProfiles(new Kernel(), 600);
    profiles.step(new Float64Array(WIDTHS.length), 1);
    profiles.write(to);
    const other = new LagProfiles(new Kernel(), 200);
    expect(() => other.read(new ByteReader(to.finish(), "lag profiles"))).toThrow(
      /expected places for 1 values/,
    );
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
