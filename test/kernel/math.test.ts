import { describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { Kernel } from "../../src/kernel/index.js";

const kernel = new Kernel();
type Name = "expOf" | "sigmoidOf" | "tanhOf";

function apply(name: Name, values: readonly number[]): Float32Array {
  const N = Math.ceil(values.length / 4) * 4;
  const x = kernel.allocate(N);
  const y = kernel.allocate(N);
  kernel.view(x, values.length).set(values);
  kernel.exports[name](y, x, N);
  const results = kernel.view(y, values.length).slice();
  kernel.release(x);
  kernel.release(y);
  return results;
}

/** Units in the last place of a float32. */
function ulp(value: number): number {
  const float = new Float32Array([Math.abs(value)]);
  const bits = new Uint32Array(float.buffer);
  const from = float[0]!;
  bits[0]!++;
  return float[0]! - from;
}

/** Small and large, both signs: a normal number, scaled by 2^-20 to 2^7. */
const samples = (() => {
  const rng = new Rng(1);
  return Array.from({ length: 40_000 }, (_, i) => Math.fround(rng.normal() * 2 ** ((i % 28) - 20)));
})();

const functions: readonly (readonly [Name, (x: number) => number, number, number])[] = [
  ["expOf", Math.exp, 1.5, 87],
  ["sigmoidOf", (x) => 1 / (1 + Math.exp(-x)), 3, 87],
  ["tanhOf", Math.tanh, 3, Number.POSITIVE_INFINITY],
];

describe.each(functions)("%s()", (name, exact, limit, range) => {
  it(`is within ${limit} units in the last place`, () => {
    const inRange = samples.filter((x) => Math.abs(x) < range);
    const results = apply(name, inRange);
    let worst = 0;
    for (const [i, x] of inRange.entries()) {
      const expected = exact(x);
      worst = Math.max(worst, Math.abs(results[i]! - expected) / ulp(expected));
    }
    expect(worst).toBeLessThan(limit);
  });

  it("lets NaN through", () => {
    expect(apply(name, [Number.NaN, 0, 1, Number.NaN])).toEqual(
      Float32Array.from([Number.NaN, exact(0), apply(name, [1])[0]!, Number.NaN]),
    );
  });

  it("has its limits at the infinities and beyond its range", () => {
    const far = apply(name, [Number.POSITIVE_INFINITY, 200, Number.NEGATIVE_INFINITY, -200]);
    expect(far[0]).toBe(exact(Number.POSITIVE_INFINITY));
    expect(far[1]).toBe(far[0]);
    expect(far[2]).toBeCloseTo(exact(Number.NEGATIVE_INFINITY), 30);
    expect(far[3]).toBe(far[2]);
  });
});
