import { describe, expect, it } from "vitest";
import { Rng, sin } from "../../../src/core/index.js";
import { ReconstructionDetector } from "../../../src/detection/reconstruction/reconstruction-detector.js";
import { SequenceAutoencoders } from "../../../src/detection/reconstruction/sequence-autoencoder.js";
import { detectorSuite } from "../../conformance/detector.js";

const autoencoders = new SequenceAutoencoders();

detectorSuite("ReconstructionDetector", {
  create: () => new ReconstructionDetector({ signals: ["a", "b", "c"], warmUp: 200 }, autoencoders),
  targets: 3,
  mostBytes: 20_000,
});

/** Strengths of two waves, the second of which follows the first; changed from a row on. */
function run(change: (values: Float64Array, t: number) => void) {
  const detector = new ReconstructionDetector({ signals: ["a", "b"], warmUp: 400 }, autoencoders);
  const rng = new Rng(5);
  const strengths = Array.from({ length: 1000 }, (_, t) => {
    const values = Float64Array.of(
      20 + 3 * sin(t / 5) + 0.2 * rng.normal(),
      sin(t / 5 - 1) + 0.1 * rng.normal(),
    );
    change(values, t);
    return detector.step({ values, time: t * 1000, count: t + 1, begins: t === 0 });
  });
  return { detector, strengths };
}

const largest = (strengths: readonly (number | null)[], from: number, to: number) =>
  Math.max(...strengths.slice(from, to).map(Number));

describe("ReconstructionDetector", () => {
  it("says nothing while it warms up, and nothing of what it has learned", () => {
    const { strengths } = run(() => {});
    expect(strengths.slice(0, 400).every((strength) => strength === null)).toBe(true);
    expect(largest(strengths, 400, 1000)).toBeLessThan(1);
  });

  it("finds a signal that goes otherwise within its usual range, and names it", () => {
    const { strengths, detector } = run((values, t) => {
      if (t >= 800) values[1] = sin(t / 2);
    });
    expect(largest(strengths, 400, 800)).toBeLessThan(1);
    expect(largest(strengths, 805, 830)).toBeGreaterThan(1);
    expect(detector.why()).toMatch(/^[ab] over the last 16 events is not what the network learned/);
  });
});
