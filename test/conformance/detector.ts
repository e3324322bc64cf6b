import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, Rng } from "../../src/core/index.js";
import type { Detector, Row } from "../../src/detection/detector.js";

const MINUTE = 60_000;

export interface DetectorLaws {
  /** A detector as it is before its first row. */
  readonly create: () => Detector;
  /** Signals that it takes; default 1. */
  readonly targets?: number;
  /** Rows that it needs to find something; default 600. */
  readonly length?: number;
  /** Strengths that it tells apart in these rows, at least; default 3. */
  readonly kinds?: number;
  /** What `bytes` may reach, whatever comes. */
  readonly mostBytes: number;
}

/** Waves with noise, a spike and a step towards the end, and a gap; the same for the same seed. */
export function detectorRows(length: number, targets = 1, seed = 1): Row[] {
  const rng = new Rng(seed);
  const gap = Math.floor(length / 3);
  return Array.from({ length }, (_, i) => ({
    values: Float64Array.from({ length: targets }, (_unused, target) => {
      const wave = 10 * Math.sin((2 * Math.PI * i) / (40 + 13 * target));
      const spike = i === Math.floor(0.7 * length) ? 80 : 0;
      const step = i > 0.8 * length ? 25 : 0;
      return 100 + wave + rng.normal() + spike + step;
    }),
    time: 1_700_000_000_000 + i * MINUTE + (i >= gap ? 3 * 3_600_000 : 0),
    count: i + 1,
    begins: i === 0 || i === gap,
  }));
}

/** What every detector keeps: see `Detector`. */
export function detectorSuite(
  name: string,
  { create, targets = 1, length = 600, kinds = 3, mostBytes }: DetectorLaws,
): void {
  describe(name, () => {
    const rows = detectorRows(length, targets);
    const run = () => using(create, (detector) => strengths(detector, rows));
    let known: ReturnType<typeof run> | undefined;
    const whole = () => {
      known ??= run();
      return known;
    };

    it(`${name}.step() finds different rows differently unusual`, () => {
      expect(new Set(whole()).size).toBeGreaterThanOrEqual(kinds);
    });

    it(`${name}.step() gives the same bits for the same rows`, () => {
      expect(run()).toEqual(whole());
    });

    it(`${name}.step() knows nothing of the future`, () => {
      const expected = whole();
      const future = fc.record({
        cut: fc.nat(length - 1),
        factor: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        seed: fc.nat(1000),
      });
      fc.assert(
        fc.property(future, ({ cut, factor, seed }) => {
          const others = detectorRows(length, targets, seed).map((row) => ({
            ...row,
            values: row.values.map((value) => value * factor),
          }));
          const mixed = [...rows.slice(0, cut), ...others.slice(cut)];
          const found = using(create, (detector) => strengths(detector, mixed));
          expect(found.slice(0, cut)).toEqual(expected.slice(0, cut));
        }),
        { seed: 5, numRuns: 12 },
      );
    });

    it(`${name} goes on with the same bits after being written and read, into a used one, too`, () => {
      const expected = whole();
      for (const cut of [0, 1, Math.floor(length / 3), Math.floor(length / 2), length - 1]) {
        const first = create();
        const before = strengths(first, rows.slice(0, cut));
        const bytes = written(first);
        for (const used of [0, 50]) {
          const second = create();
          strengths(second, detectorRows(used, targets, 7));
          restore(second, bytes);
          expectSame(written(second), bytes);
          const after = strengths(second, rows.slice(cut));
          expect([...before, ...after]).toEqual(expected);
          second.release();
        }
        first.release();
      }
    });

    it(`${name} is not changed by being written or asked why`, () => {
      const expected = whole();
      using(create, (detector) => {
        const found = rows.flatMap((row, i) => {
          if (i % 97 === 0) {
            expect(detector.why()).toBeTypeOf("string");
            expectSame(written(detector), written(detector));
          }
          return strengths(detector, [row]);
        });
        expect(found).toEqual(expected);
      });
    });

    it(`${name} shares no memory with another one`, () => {
      const expected = whole();
      const [one, other] = [create(), create()];
      const neighbours = detectorRows(length, targets, 3);
      const found = rows.flatMap((row, i) => {
        strengths(other, neighbours.slice(i, i + 1));
        return strengths(one, [row]);
      });
      expect(found).toEqual(expected);
      other.release();
      const bytes = written(one);
      const again = create();
      strengths(again, neighbours);
      expectSame(written(one), bytes);
      again.release();
      one.release();
    });

    it(`${name}.step() leaves the row as it was and keeps no hold of it`, () => {
      const expected = whole();
      using(create, (detector) => {
        const found = rows.flatMap((row) => {
          const values = row.values.slice();
          const strength = strengths(detector, [{ ...row, values }]);
          expect(values).toEqual(row.values);
          values.fill(Number.NaN);
          return strength;
        });
        expect(found).toEqual(expected);
      });
    });

    it(`${name}.step() stays finite, on constants and on values of any size`, () => {
      const value = fc.oneof(
        fc.constantFrom(0, -0, 1e-308, 5e-324, 1e9, 1e30, -1e30, 1e154, Number.MAX_VALUE, -Number.MAX_VALUE),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      );
      const stretch = fc.record({ value, length: fc.integer({ min: 1, max: 60 }) });
      fc.assert(
        fc.property(fc.array(stretch, { minLength: 1, maxLength: 12 }), (stretches) => {
          const values = stretches.flatMap(({ value: one, length: times }) =>
            Array.from({ length: times }, () => one),
          );
          const odd = values.map((one, i) => ({
            values: new Float64Array(targets).fill(one),
            time: i * MINUTE,
            count: i + 1,
            begins: i === 0,
          }));
          const found = using(create, (detector) => {
            const all = strengths(detector, [...odd, ...rows]);
            expect(detector.why()).not.toMatch(/NaN|Infinity|undefined/);
            return all;
          });
          for (const strength of found) {
            if (strength === null) continue;
            expect(strength).toBeGreaterThanOrEqual(0);
            expect(strength).toBeLessThan(Number.POSITIVE_INFINITY);
          }
        }),
        { seed: 6, numRuns: 12 },
      );
    });

    it(`${name}.bytes stays within ${mostBytes}`, () => {
      using(create, (detector) => {
        for (const row of [...rows, ...detectorRows(5000, targets, 2)]) detector.step(row);
        expect(detector.bytes).toBeGreaterThan(0);
        expect(detector.bytes).toBeLessThanOrEqual(mostBytes);
      });
    });

    it(`${name}.read() refuses bytes that are cut off, or too many, as STATE_CORRUPT`, () => {
      using(create, (detector) => {
        strengths(detector, rows);
        const bytes = written(detector);
        const corrupt = expect.objectContaining({ code: "STATE_CORRUPT" });
        for (const wrong of [bytes.slice(0, -1), bytes.slice(0, 3), Uint8Array.from([...bytes, 0])]) {
          using(create, (copy) => expect(() => restore(copy, wrong)).toThrow(corrupt));
        }
      });
    });
  });
}

function using<T>(create: () => Detector, use: (detector: Detector) => T): T {
  const detector = create();
  try {
    return use(detector);
  } finally {
    detector.release();
  }
}

function strengths(detector: Detector, rows: readonly Row[]): (number | null)[] {
  return rows.map((row) => detector.step(row));
}

function written(detector: Detector): Uint8Array {
  const writer = new ByteWriter();
  detector.write(writer);
  return writer.finish();
}

/** Equal bytes, said briefly: they may be megabytes. */
function expectSame(found: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(found, expected)).toBe(0);
}

function restore(detector: Detector, bytes: Uint8Array): void {
  const reader = new ByteReader(bytes, "detector");
  detector.read(reader);
  reader.end();
}
