import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, Rng } from "../../src/core/index.js";
import type { DriftDetector } from "../../src/detection/index.js";

const LENGTH = 2000;

/** Values about `mean`, mostly within [0, 1]. */
function values(seed: number, mean: number, length = LENGTH): Float64Array {
  const rng = new Rng(seed);
  return Float64Array.from({ length }, () => mean + 0.1 * rng.normal());
}

/** Places at which a detector tells a change. */
function changes(detector: DriftDetector, stream: Iterable<number>): number[] {
  const found: number[] = [];
  let t = 0;
  for (const x of stream) {
    if (detector.learn(x)) found.push(t);
    t++;
  }
  return found;
}

function copyOf(detector: DriftDetector, create: () => DriftDetector): DriftDetector {
  const writer = new ByteWriter();
  detector.write(writer);
  const reader = new ByteReader(writer.finish(), "drift detector");
  const copy = create();
  copy.read(reader);
  reader.end();
  return copy;
}

/** What every drift detector keeps. */
export function driftDetectorSuite(name: string, create: () => DriftDetector): void {
  describe(name, () => {
    it(`${name}.learn() tells nothing of a constant`, () => {
      expect(changes(create(), new Float64Array(LENGTH).fill(0.4))).toEqual([]);
    });

    it(`${name}.learn() seldom tells a change where there is none`, () => {
      let told = 0;
      for (let seed = 1; seed <= 50; seed++) told += changes(create(), values(seed, 0.4)).length;
      expect(told).toBeLessThanOrEqual(1);
    });

    it.each([
      ["up", 0.3, 0.6],
      ["down", 0.6, 0.3],
    ])(`${name}.learn() tells a change %s, once and soon`, (_, before, after) => {
      for (let seed = 1; seed <= 20; seed++) {
        const found = changes(create(), [...values(seed, before), ...values(seed + 100, after)]);
        const [first = 0] = found;
        expect(first).toBeGreaterThanOrEqual(LENGTH);
        expect(first).toBeLessThan(LENGTH + 200);
      }
    });

    it(`${name}.mean follows the newest stretch after a change`, () => {
      const detector = create();
      changes(detector, [...values(1, 0.3), ...values(2, 0.6)]);
      expect(detector.mean).toBeCloseTo(0.6, 1);
    });

    it(`${name} goes on with the same bits after being written and read`, () => {
      const stream = [...values(3, 0.3), ...values(4, 0.6)];
      const whole = create();
      const expected = changes(whole, stream);
      for (const cut of [0, 1, 700, LENGTH + 20]) {
        const first = create();
        const before = changes(first, stream.slice(0, cut));
        const second = copyOf(first, create);
        const after = changes(second, stream.slice(cut)).map((t) => t + cut);
        expect([...before, ...after]).toEqual(expected);
        expect(second.mean).toBe(whole.mean);
      }
    });

    it(`${name}'s copy does not share its memory`, () => {
      const one = create();
      changes(one, values(5, 0.3));
      const mean = one.mean;
      changes(copyOf(one, create), values(6, 0.9));
      expect(one.mean).toBe(mean);
    });
  });
}
