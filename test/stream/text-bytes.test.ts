import fc from "fast-check";
import { expect, it } from "vitest";
import { TextBytes } from "../../src/stream/text-bytes.js";

const decoder = new TextDecoder();

it("TextBytes gives the UTF-8 of what was added, and leaves what it gave before as it was", () => {
  const unit = fc.string({ unit: "grapheme", maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.array(unit, { maxLength: 5 }), { maxLength: 20 }), (texts) => {
      const writer = new TextBytes();
      const written = texts.map((parts) => {
        for (const part of parts) writer.text(part);
        return writer.finish();
      });
      expect(written.map((bytes) => decoder.decode(bytes))).toEqual(texts.map((parts) => parts.join("")));
    }),
    { seed: 3, numRuns: 200 },
  );
});

it("TextBytes goes on in another piece of memory, also within a text", () => {
  const writer = new TextBytes();
  const texts = Array.from({ length: 400 }, (_, i) => `${"x".repeat(i * 7)}ä${i}`);
  const written = texts.map((text) => writer.text(text.slice(0, 3)).text(text.slice(3)).finish());
  expect(written.map((bytes) => decoder.decode(bytes))).toEqual(texts);
  const long = "é".repeat(200_000);
  expect(decoder.decode(writer.text(long).finish())).toBe(long);
});

it("TextBytes writes numbers as JSON.stringify does", () => {
  const numbers = [0, -0, 1.5, -1e-7, 1e21, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, null];
  const writer = new TextBytes();
  for (const number of numbers)
    expect(decoder.decode(writer.number(number).finish())).toBe(JSON.stringify(number));
});
