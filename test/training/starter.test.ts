import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, Rng, sin } from "../../src/core/index.js";
import { Starter, type StarterStep } from "../../src/training/index.js";

const SEASON = 24;
const OPTIONS = {
  inputs: 3,
  targets: 1,
  horizons: [1, 3],
  seasons: [{ name: "day-before", inputs: [1, 2] }],
};

/** Inputs: the last step; what the seasonal forecast says at each horizon. */
function steps(y: readonly number[], key = "a"): StarterStep[] {
  return y.map((value, t) => {
    const ago = (h: number) => (t + h >= SEASON ? (y[t + h - SEASON] ?? 0) - value : 0);
    return {
      key,
      x: Float64Array.of(value - (y[t - 1] ?? value), ago(1), ago(3)),
      y: Float64Array.of(value),
      scale: Float64Array.of(t === 0 ? 0 : 1, t === 0 ? 0 : 1),
      begins: t === 0,
    };
  });
}

function walk(length: number): number[] {
  const rng = new Rng(2);
  let y = 0;
  return Array.from({ length }, () => {
    y += rng.normal();
    return y;
  });
}

/** The same day again and again, whatever its shape. */
function days(length: number): number[] {
  const rng = new Rng(3);
  const day = Array.from({ length: SEASON }, () => 2 * rng.normal());
  return Array.from({ length }, (_, t) => day[t % SEASON]! + 0.05 * rng.normal());
}

function sine(length: number): number[] {
  return Array.from({ length }, (_, t) => sin(t / 5));
}

function spoken(y: readonly number[]): string {
  const starter = new Starter(OPTIONS);
  for (const step of steps(y)) starter.step(step);
  return starter.name;
}

describe("Starter", () => {
  it("begins with persistence, and stays with it where nothing can be foretold", () => {
    const starter = new Starter(OPTIONS);
    const [first] = steps([1]);
    expect([...starter.step(first!)]).toEqual([0, 0]);
    expect(spoken(walk(600))).toBe("naive");
  });

  it("takes the season where the days are alike, the ridge regression where a line says more", () => {
    expect(spoken(days(100))).toBe("day-before");
    expect(spoken(sine(300).map((value, t) => value + t / 40))).toBe("ridge");
  });

  it("errs less than persistence once it has chosen", () => {
    const y = days(400);
    const starter = new Starter(OPTIONS);
    let own = 0;
    let naive = 0;
    for (const [t, step] of steps(y).entries()) {
      const [output = 0] = starter.step(step);
      if (t < 200 || t + 1 >= y.length) continue;
      own += Math.abs(y[t + 1]! - (y[t]! + output));
      naive += Math.abs(y[t + 1]! - y[t]!);
    }
    expect(own).toBeLessThan(0.1 * naive);
  });

  it("goes on with the same bits after write and read", () => {
    const all = steps([...days(150), ...sine(150)]);
    const whole = new Starter(OPTIONS);
    const first = new Starter(OPTIONS);
    const expected = all.map((step) => [...whole.step(step)]);
    const before = all.slice(0, 170).map((step) => [...first.step(step)]);
    const to = new ByteWriter();
    first.write(to);
    const from = new ByteReader(to.finish(), "starter");
    const second = new Starter(OPTIONS).read(from);
    from.end();
    expect([...before, ...all.slice(170).map((step) => [...second.step(step)])]).toEqual(expected);
  });

  it("foretells nothing across a beginning", () => {
    const starter = new Starter(OPTIONS);
    for (const step of steps(days(200))) starter.step(step);
    // A jump at the beginning of the next sequence would spoil what was learned.
    for (const step of steps([1000], "a")) starter.step(step);
    expect(starter.name).toBe("day-before");
  });
});
