import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldsFromText, fieldsToText } from "../../src/store/sample-fields.js";

describe("fieldsToText()", () => {
  it("gives every record of numbers, words, sets of words and vectors back, bit for bit and with its types", () => {
    const value = fc.oneof(
      fc.double(),
      fc.string({ unit: "binary" }),
      fc.array(fc.string({ unit: "binary" }), { maxLength: 4 }),
      fc.float64Array({ maxLength: 9 }),
      fc.float32Array({ maxLength: 9 }).map((vector) => Float64Array.from(vector)),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (values) => {
        const back = fieldsFromText(fieldsToText(values));
        expect(Object.entries(back)).toStrictEqual(Object.entries(values));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("writes ordinary numbers and words as plain JSON, for other tools to query", () => {
    expect(fieldsToText({ rms: 0.25, state: "on" })).toBe('{"rms":0.25,"state":"on"}');
  });

  it("keeps a field called __proto__", () => {
    const values = JSON.parse('{"__proto__":1,"v":-0}');
    const back = fieldsFromText(fieldsToText(values));
    expect(Object.keys(back)).toEqual(["__proto__", "v"]);
    expect(back["v"]).toBe(-0);
  });

  it("writes a vector of float32 values in half the room", () => {
    const single = Float64Array.from({ length: 300 }, (_, i) => i / 32);
    const double = single.map((value) => value + 0.1);
    expect(fieldsToText({ v: single }).length).toBeLessThan(0.6 * fieldsToText({ v: double }).length);
  });
});
