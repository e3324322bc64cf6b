import { describe, expect, it } from "vitest";
import { Rng, type StreamEvent } from "../../../src/core/index.js";
import { detectionStage } from "../../../src/detection/index.js";
import { batchOf, eventOf } from "../../stream/events.js";

/** Numbers of the events at which an alert is raised, of values forecast by persistence, and the first one's why. */
function raised(values: readonly number[], horizons: readonly number[]) {
  const stage = detectionStage({
    targets: ["v"],
    horizons,
    unit: "step",
    watch: {
      alertsPerDay: 1,
      warmUp: 200,
      hold: 5,
      detectors: ["forecast"],
      rings: { pattern: 1000, novelty: 500 },
      limits: {},
    },
  });
  const events = values.map((value, i): StreamEvent => {
    const event = eventOf("a", i * 60_000);
    return Object.assign(event, {
      seq: i + 1,
      target: Float64Array.of(value),
      scale: new Float64Array(horizons.length),
    });
  });
  stage.process(batchOf(events));
  const found = events.filter(({ change }) => change?.state === "raised");
  return { at: found.map(({ seq }) => seq), why: found[0]?.change?.why };
}

function noise(count: number, seed: number, sd = 1): number[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => 10 + sd * rng.normal());
}

describe("ForecastDetector", () => {
  it("compares a value with what was forecast, in usual errors, and says how rare that is", () => {
    const { at, why } = raised(noise(1000, 1).with(800, 60), [1]);
    expect(at).toEqual([801]);
    expect(why).toMatch(
      /^v 60, expected [\d.]+ to [\d.]+: [\d.]+ times the usual error; of the last errors one in 501 was as large$/,
    );
  });

  it("sees a slow change from farther ahead", () => {
    const ramp = noise(1300, 2).map((value, i) => value + Math.min(20, Math.max(0, (i - 1000) / 3)));
    expect(raised(ramp, [1]).at).toEqual([]);
    const { at, why } = raised(ramp, [1, 12, 60]);
    expect(at[0]).toBeGreaterThan(1000);
    expect(at[0]).toBeLessThan(1070);
    expect(why).toMatch(/expected 60 steps before/);
  });

  it("lets go where errors have become larger for good", () => {
    const grown = [...noise(1500, 3), ...noise(4000, 4, 8)];
    const { at } = raised(grown, [1]);
    expect(at.filter((seq) => seq > 2500)).toEqual([]);
  });

  it("says nothing of noise", () => {
    expect(raised(noise(5000, 5), [1, 12]).at).toEqual([]);
  });
});
