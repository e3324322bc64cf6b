import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberWriter } from "../../src/kernel/index.js";

const writer = new NumberWriter();
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

describe("templates", () => {
  const filled = (parts: readonly string[], numbers: readonly number[], from = 0) => {
    const template = writer.template(parts);
    const length = writer.fill(template, Float64Array.from(numbers), from);
    const text = new TextDecoder().decode(writer.bytes.subarray(0, length));
    writer.release(template);
    return text;
  };

  it("are filled with numbers as JSON has them", () => {
    const numbers = [1.5, Number.NaN, -0, Number.NEGATIVE_INFINITY, 1e21];
    expect(filled(["[", ",", ",", ",", ",", "]"], numbers)).toBe(JSON.stringify(numbers));
    expect(filled(["", ""], [7, 8, 9], 2)).toBe("9");
    expect(filled(["no number"], [])).toBe("no number");
  });

  it("stand beside each other, of any length and in any letters", () => {
    const part = fc.string({ unit: "grapheme", maxLength: 60 });
    const template = fc.array(fc.tuple(part, fc.double({ noNaN: true, noDefaultInfinity: true })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(template, part), { minLength: 1, maxLength: 4 }), (all) => {
        const made = all.map(([pairs, last]) => writer.template([...pairs.map(([before]) => before), last]));
        for (const [i, [pairs, last]] of all.entries()) {
          const length = writer.fill(made[i]!, Float64Array.from(pairs.map(([, value]) => value)));
          const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(writer.bytes.subarray(0, length));
          expect(text).toBe(pairs.map(([before, value]) => before + value).join("") + last);
        }
        for (const template of made) writer.release(template);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
