import fc from "fast-check";
import { expect, it } from "vitest";
import { DecimalWriter } from "../../src/kernel/index.js";

const writer = new DecimalWriter();
const text = (value: number) => String.fromCharCode(...writer.bytes.subarray(0, writer.write(value)));

it("writes numbers as JavaScript does", () => {
  const powers = Array.from({ length: 640 }, (_, i) => Number(`1e${i - 330}`)).filter(Number.isFinite);
  const numbers = [0, -0, 1, -1, 0.1, 0.3, 123456789012345680000, 1e21, 1e-6, 1e-7, 1.5e-7, 5e-324, 2 ** 53];
  const edges = [Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022, 2 ** -1074 * 3, 2 ** 53 + 2, 2 ** 63, 4.35];
  for (const value of [...numbers, ...edges, ...powers]) {
    expect(text(value)).toBe(String(value));
    expect(text(-value)).toBe(String(-value));
  }
});

it("writes every power of two and its neighbours as JavaScript does", () => {
  const bits = new BigUint64Array(1);
  const value = new Float64Array(bits.buffer);
  for (let exponent = 0n; exponent < 0x7ffn; exponent++) {
    for (const more of [-1n, 0n, 1n]) {
      bits[0] = (exponent << 52n) + (exponent === 0n && more < 0n ? 0n : more);
      expect(text(value[0]!)).toBe(String(value[0]));
    }
  }
});

it("writes whatever float64 there is, and decimals of few digits, as JavaScript does", () => {
  const decimal = fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: -30, max: 30 }))
    .map(([m, e]) => Number(`${m}e${e}`));
  const any = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.oneof(any, decimal, fc.float({ noNaN: true, noDefaultInfinity: true })), (value) => {
      expect(text(value)).toBe(String(value));
    }),
    { seed: 5, numRuns: 20_000 },
  );
});
