import { describe, expect, it } from "vitest";
import { learnTable, summarizeFigures, summarizeNoise } from "../../../src/cli/bench/learn/learn-table.js";
import { LearningStream } from "../../../src/cli/bench/learn/learning-stream.js";
import { MEASURES, spoiled } from "../../../src/cli/bench/learn/measures.js";
import { noiseRun } from "../../../src/cli/bench/learn/noise-run.js";
import { changedFrequency, noise, shifted, steady, stuck } from "../../../src/cli/bench/learn/signals.js";
import { request } from "../../../src/core/index.js";
import { writePromotion } from "../../../src/stream/index.js";
import { eddy } from "../../support/cli.js";

/** Upward crossings of the mean of [from, to). */
function crossings(values: Float64Array, from: number, to: number): number {
  const part = values.subarray(from, to);
  const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
  // Smoothed, so that noise crosses nothing.
  const smooth = Array.from(part, (_, t) => part.subarray(Math.max(0, t - 2), t + 3)).map(
    (five) => five.reduce((sum, value) => sum + value, 0) / five.length,
  );
  return smooth.filter((value, t) => t > 0 && value > mean && smooth[t - 1]! <= mean).length;
}

describe("signals", () => {
  it("changedFrequency() is the steady wave up to the change, and another rhythm after it", () => {
    for (const seed of [1, 2, 3, 4]) {
      const { values } = changedFrequency(seed, 2000, 1000);
      const [before, after] = [crossings(values, 0, 1000), crossings(values, 1000, 2000)];
      const factor = after / before;
      expect(factor > 1.3 || factor < 0.75, `seed ${seed}: ${before} and ${after}`).toBe(true);
    }
  });

  it("shifted() moves the level by 2 to 5 amplitudes", () => {
    const { values } = shifted(3, 2000, 1000);
    const mean = (part: Float64Array) => part.reduce((sum, value) => sum + value, 0) / part.length;
    const moved = Math.abs(mean(values.subarray(1000)) - mean(values.subarray(0, 1000)));
    expect(moved).toBeGreaterThan(1.8);
    expect(moved).toBeLessThan(5.2);
  });

  it("stuck() is the steady wave but for one stretch of one value", () => {
    const [usual, still] = [steady(5, 400).values, stuck(5, 400, 100, 150).values];
    expect(new Set(still.subarray(100, 150)).size).toBe(1);
    expect([...still.subarray(150)]).toEqual([...usual.subarray(150)]);
    expect([...still.subarray(0, 100)]).toEqual([...usual.subarray(0, 100)]);
  });

  it("noise() sums its shocks up with the memory of its kind", () => {
    const correlation = (values: Float64Array) => {
      let [own, next] = [0, 0];
      for (let t = 1; t < values.length; t++) {
        own += values[t - 1]! ** 2;
        next += values[t - 1]! * values[t]!;
      }
      return next / own;
    };
    expect(Math.abs(correlation(noise("white noise", 1, 4000)))).toBeLessThan(0.06);
    expect(correlation(noise("AR(1)", 1, 4000))).toBeCloseTo(0.8, 1);
    expect(correlation(noise("random walk", 1, 4000))).toBeGreaterThan(0.98);
  });
});

describe("LearningStream", () => {
  it("LearningStream forecasts from the first records on, and takes what is asked into service", async () => {
    const stream = await LearningStream.start(1, true);
    const { values } = steady(1, 1300);
    await stream.step(values);
    expect(stream.errors.filter(Number.isNaN).length).toBeLessThan(20);
    const first = stream.made!;
    const bad = spoiled(first, 7);
    expect(bad).not.toEqual(first);
    expect(spoiled(first, 7)).toEqual(bad);
    await stream.ask(
      request({ kind: "promote", id: "1", body: writePromotion({ model: "bad", bytes: bad }) }),
    );
    const { report } = stream.told.at(-1)!;
    expect(report).toMatchObject({ kind: "checkpoint", model: "bad" });
  });
});

describe("noiseRun()", () => {
  it("noiseRun() judges as many candidates as it is asked for, and finds none to promote", async () => {
    expect(await noiseRun("random walk", 7_400_000, 1)).toEqual({
      kind: "random walk",
      seed: 7_400_000,
      candidates: 1,
      promoted: 0,
      worse: 0,
      retired: 0,
      gains: [],
    });
  });
});

describe("learnTable()", () => {
  const [measure] = MEASURES;
  const figures = [
    { ratio: 0.3, least: 0.1 },
    { ratio: 0.6, least: 0.2 },
    { ratio: 0.4, least: 0.15 },
  ];

  it("summarizeFigures() gives the median of the seeds and their range", () => {
    expect(summarizeFigures(figures).ratio).toEqual({ median: 0.4, least: 0.3, most: 0.6 });
    expect(summarizeFigures(figures.slice(0, 2)).least?.median).toBeCloseTo(0.15);
  });

  it("learnTable() says by whom a goal was reached, and what noise brought into service", () => {
    const run = {
      kind: "AR(1)",
      seed: 1,
      candidates: 10,
      promoted: 1,
      worse: 0,
      retired: 2,
      gains: [0.02],
    } as const;
    const shown = learnTable([{ measure: measure!, figures }], [summarizeNoise("AR(1)", [run, run])]);
    expect(shown).toMatch(/0\.400 +0\.300 to 0\.600 +at most 0\.5 +reached by the median/);
    expect(shown).toMatch(/least 0\.150 \(0\.100 to 0\.200\)/);
    expect(shown).toMatch(/AR\(1\) +20 +2 +0 +4 +0\.020 \(0\.020 to 0\.020\)/);
  });
});

describe("eddy bench learn", () => {
  it("refuses a measurement that it doesn't know", async () => {
    const { code, stderr } = await eddy("bench", "learn", "--only", "weather");
    expect(code).toBe(2);
    expect(stderr).toContain("frequency, shift, stuck, bad-promotion, noise");
  });
});
