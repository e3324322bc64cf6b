import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/core/index.js";
import { alterAudio } from "../../../src/training/index.js";

const tone = (length: number) => Float64Array.from({ length }, (_, n) => Math.sin(0.05 * n));
const power = (samples: Float64Array) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

describe("alterAudio()", () => {
  it("leaves audio as it is where nothing is to be altered", () => {
    const pieces = [tone(100), new Float64Array(0), tone(50)];
    expect(alterAudio(pieces, { gainDb: 0, speed: 0 }, new Rng(1))).toEqual(pieces);
  });

  it("adds noise at the ratio that was asked for, and a gain within its bounds", () => {
    const [noisy] = alterAudio([tone(20_000)], { noiseDb: [10, 10], gainDb: 0, speed: 0 }, new Rng(1));
    const noise = noisy!.map((x, n) => x - Math.sin(0.05 * n));
    expect(10 * Math.log10(power(tone(20_000)) / power(noise))).toBeCloseTo(10, 0);
    const [loud] = alterAudio([tone(1000)], { gainDb: 6, speed: 0 }, new Rng(2));
    const gain = 10 * Math.log10(power(loud!) / power(tone(1000)));
    expect(Math.abs(gain)).toBeGreaterThan(0.01);
    expect(Math.abs(gain)).toBeLessThan(6);
  });

  it("makes as many pieces, longer or shorter, that are one course", () => {
    const pieces = [tone(1000).subarray(0, 300), tone(1000).subarray(300)];
    const altered = alterAudio(pieces, { gainDb: 0, speed: 0.2 }, new Rng(3));
    expect(altered).toHaveLength(2);
    const whole = altered.flatMap((piece) => [...piece]);
    expect(whole.length).not.toBe(1000);
    expect(altered[0]!.length / whole.length).toBeCloseTo(0.3, 2);
    const factor = 1000 / whole.length;
    for (const [n, x] of whole.slice(0, -2).entries()) expect(x).toBeCloseTo(Math.sin(0.05 * n * factor), 1);
  });
});
