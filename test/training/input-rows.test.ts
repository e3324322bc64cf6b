import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputRows } from "../../src/training/index.js";

/** Rows of which half the elements are zeros. */
const rowsOf = (width: number) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.double({ noNaN: true })), { maxLength: 12 * width })
    .map((values) => Float64Array.from(values.slice(0, values.length - (values.length % width))))
    .map((values) => values.map((value) => value + 0));

describe("InputRows", () => {
  it("gives back what was appended, joined and padded", () => {
    const parts = fc
      .integer({ min: 1, max: 5 })
      .chain((width) => fc.tuple(rowsOf(width), rowsOf(width), fc.constant(width)));
    fc.assert(
      fc.property(parts, fc.nat(3), ([a, b, width], rest) => {
        const rows = InputRows.from(a, width).join(InputRows.from(b, width)).append(a);
        rows.pad(rest);
        rows.append(b);
        const expected = [...a, ...b, ...a, ...Array<number>(rest * width).fill(0), ...b];
        expect([...rows.toArray()]).toEqual(expected);
        expect(rows.steps).toBe(expected.length / width);
        expect(Array.from(rows.rows(), (row) => [...row]).flat()).toEqual(expected);
        const to = rows.steps >> 1;
        expect([...rows.toArray(1, Math.max(1, to))]).toEqual(expected.slice(width, Math.max(1, to) * width));
        const within = new Float64Array(expected.length + 2).fill(7);
        rows.write(within, 1);
        expect([...within]).toEqual([7, ...expected, 7]);
      }),
    );
  });

  it("map() sees zeros too", () => {
    const rows = InputRows.from(Float64Array.of(0, 2, 3, 0), 2);
    expect([...rows.map((value, i) => (value - 1) * (i + 1)).toArray()]).toEqual([-1, 2, 2, -2]);
  });

  it("notFinite() finds the first step with such a value", () => {
    const rows = InputRows.from(Float64Array.of(0, 2, 3, Number.NaN, Number.POSITIVE_INFINITY, 0), 2);
    expect(rows.notFinite()).toEqual({ value: Number.NaN, step: 1 });
    expect(InputRows.from(Float64Array.of(0, 2), 2).notFinite()).toBeUndefined();
  });

  it("refuses a part of a row", () => {
    expect(() => InputRows.from(new Float64Array(5), 2)).toThrow(
      "Cannot add steps to inputs: expected T x 2 values, found 5",
    );
  });
});
