import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../../src/core/index.js";
import { Standstill } from "../../../src/detection/level/standstill.js";

/** After a warm-up of so many rows: how many equal values in a row it takes. */
function need(signal: Standstill, warmUp: readonly number[]): number {
  for (const value of warmUp) expect(signal.observe(value)).toBe(false);
  signal.learn();
  let count = 1;
  while (!signal.observe(-1)) count++;
  return count;
}

const moving = (rows: number) => Array.from({ length: rows }, (_, t) => t);
/** Every value comes so many times. */
const coarse = (rows: number, times: number) => moving(rows).map((t) => Math.floor(t / times));

describe("Standstill", () => {
  it("needs few equal values of a signal that never repeats one, and many of a coarse one", () => {
    expect(need(new Standstill(400), moving(400))).toBe(5);
    expect(need(new Standstill(400), coarse(400, 10))).toBe(23);
  });

  it("takes one freeze in 500 rows of the warm-up for a fault, more for the signal's way", () => {
    const frozen = (...at: readonly number[]) =>
      moving(1000).map((t) => (at.some((from) => t >= from && t < from + 20) ? 0.5 : t));
    expect(need(new Standstill(1000), frozen(100, 500))).toBe(5);
    expect(need(new Standstill(1000), frozen(100, 300, 500, 700))).toBe(43);
  });

  it("is over with the first other value", () => {
    const signal = new Standstill(400);
    need(signal, moving(400));
    expect(signal.observe(-1)).toBe(true);
    expect(signal.observe(-2)).toBe(false);
  });

  it("goes on from its saved state, in the warm-up and after it", () => {
    const reread = (signal: Standstill): Standstill => {
      const to = new ByteWriter();
      signal.write(to);
      const copy = new Standstill(400);
      copy.read(new ByteReader(to.finish(), "standstill"));
      return copy;
    };
    const signal = new Standstill(400);
    for (const value of coarse(200, 10)) signal.observe(value);
    expect(need(reread(signal), coarse(200, 10))).toBe(23);
    need(signal, coarse(200, 10));
    expect(reread(signal).observe(-1)).toBe(true);
  });
});
