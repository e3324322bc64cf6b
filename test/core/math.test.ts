import { describe, expect, it } from "vitest";
import { cos, exp, expm1, log, log1p, pow, Rng, sigmoid, sin, tanh } from "../../src/core/index.js";

const bits = new DataView(new ArrayBuffer(8));

/** Place of a float64 in the order of all float64, so that neighbours differ by 1. */
function place(x: number): bigint {
  bits.setFloat64(0, x);
  const raw = bits.getBigInt64(0);
  return raw < 0n ? -(raw & 0x7fffffffffffffffn) : raw;
}

/** Distance in units in the last place. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const distance = place(a) - place(b);
  return Number(distance < 0n ? -distance : distance);
}

/** Seeded arguments: uniform in [low, high], and of every size in it. */
function argumentsIn(low: number, high: number): number[] {
  const rng = new Rng(19);
  const xs: number[] = [];
  for (let i = 0; i < 20_000; i++) xs.push(low + (high - low) * rng.uniform());
  for (let i = 0; i < 5_000; i++) {
    const end = rng.uniform() < 0.5 ? low : high;
    xs.push(end * rng.uniform() * 2 ** -rng.integer(60));
  }
  return xs;
}

type Case = readonly [string, number, number, (x: number) => number, (x: number) => number];

const cases: readonly Case[] = [
  ["exp", -746, 710, exp, Math.exp],
  ["exp", -1, 1, exp, Math.exp],
  ["expm1", -50, 710, expm1, Math.expm1],
  ["expm1", -1.5, 1.5, expm1, Math.expm1],
  ["log", 0, 1e300, log, Math.log],
  ["log", 0.5, 2, log, Math.log],
  ["log1p", -1, 2, log1p, Math.log1p],
  ["log1p", 0, 1e20, log1p, Math.log1p],
  ["tanh", -25, 25, tanh, Math.tanh],
  ["tanh", -1.1, 1.1, tanh, Math.tanh],
  ["sin", -10, 10, sin, Math.sin],
  ["sin", -2e6, 2e6, sin, Math.sin],
  ["sin", -1e300, 1e300, sin, Math.sin],
  ["cos", -10, 10, cos, Math.cos],
  ["cos", -2e6, 2e6, cos, Math.cos],
  ["cos", -1e300, 1e300, cos, Math.cos],
];

describe("elementary functions", () => {
  it.each(cases)("%s() is within 1 ulp of Math's between %f and %f", (_name, low, high, own, theirs) => {
    let worst = 0;
    for (const x of argumentsIn(low, high)) worst = Math.max(worst, ulps(own(x), theirs(x)));
    expect(worst).toBeLessThanOrEqual(1);
  });

  it("sigmoid() is within 3 ulp of 1 / (1 + e^-x), which errs by up to 1.5 itself, and of e^x where it is tiny", () => {
    let worst = 0;
    for (const x of argumentsIn(-30, 40)) worst = Math.max(worst, ulps(sigmoid(x), 1 / (1 + Math.exp(-x))));
    for (const x of argumentsIn(-745, -40)) {
      if (x < -40) worst = Math.max(worst, ulps(sigmoid(x), Math.exp(x)));
    }
    expect(worst).toBeLessThanOrEqual(3);
  });

  it("pow() is within 1 ulp of Math.pow over all sizes of base and exponent", () => {
    const rng = new Rng(5);
    let worst = 0;
    for (let i = 0; i < 40_000; i++) {
      const x = (0.5 + rng.uniform()) * 2 ** (rng.integer(80) - 40);
      const y = (rng.uniform() - 0.5) * 2 ** (rng.integer(16) - 6);
      worst = Math.max(worst, ulps(pow(x, y), x ** y));
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  it("pow() is exact for small integer powers, and signs odd powers of negative bases", () => {
    expect(pow(2, 10)).toBe(1024);
    expect(pow(10, 15)).toBe(1e15);
    expect(pow(-3, 3)).toBe(-27);
    expect(pow(-3, 4)).toBe(81);
    expect(pow(2, -1074)).toBe(5e-324);
    expect(pow(2, 1023)).toBe(2 ** 1023);
  });

  it("pow() agrees with ECMAScript on every special value", () => {
    const special = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, 5e-324, 2 ** 53, Infinity, -Infinity, NaN];
    for (const x of special) {
      for (const y of [...special, 1 + 2 ** -52, -1e300]) {
        expect(ulps(pow(x, y), x ** y), `pow(${x}, ${y}): ${pow(x, y)}, ${x ** y}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it("they agree with Math on zeros, ends of range, infinities and subnormals", () => {
    const special = [0, -0, 1, -1, 5e-324, -5e-324, 1e-310, 709.79, -745.2, 1e308, Infinity, -Infinity, NaN];
    const pairs: readonly [(x: number) => number, (x: number) => number][] = [
      [exp, Math.exp],
      [expm1, Math.expm1],
      [log, Math.log],
      [log1p, Math.log1p],
      [tanh, Math.tanh],
      [sin, Math.sin],
      [cos, Math.cos],
    ];
    for (const [own, theirs] of pairs) {
      for (const x of special) {
        expect(ulps(own(x), theirs(x)), `${own.name}(${x}): ${own(x)}, ${theirs(x)}`).toBeLessThanOrEqual(1);
      }
    }
    expect(sigmoid(Infinity)).toBe(1);
    expect(sigmoid(-Infinity)).toBe(0);
    expect(sigmoid(0)).toBe(0.5);
  });

  it("they pass NaN through", () => {
    for (const f of [exp, expm1, log, log1p, tanh, sigmoid, sin, cos]) expect(f(NaN)).toBeNaN();
    expect(pow(NaN, 1)).toBeNaN();
    expect(pow(1, NaN)).toBeNaN();
  });
});
