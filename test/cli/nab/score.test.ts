import { describe, expect, it } from "vitest";
import { NabScores, PROFILES, type Profile, probation } from "../../../src/cli/bench/nab/score.js";

const [standard, lowFP, lowFN] = PROFILES as [Profile, Profile, Profile];
const ROWS = 200;
const WINDOW = [100, 119] as const;

/** Scores of one file with one window: 1 at the rows given, else 0. */
function scores(...rows: number[]): NabScores {
  const detected = new Float64Array(ROWS);
  for (const row of rows) detected[row] = 1;
  return new NabScores([{ scores: detected, windows: [WINDOW] }]);
}

/** NAB's scaled sigmoid. */
const sigmoid = (x: number) => 2 / (1 + Math.exp(5 * x)) - 1;

describe("NabScores.at()", () => {
  it("is 0 for a detector that says nothing", () => {
    for (const profile of PROFILES) expect(scores().at(0.5, profile)).toBe(0);
  });

  it("is no number without windows, where a perfect detector says nothing", () => {
    const none = new NabScores([{ scores: new Float64Array(ROWS).fill(1), windows: [] }]);
    for (const profile of PROFILES)
      expect([none.at(0.5, profile), none.best(profile).score]).toEqual([NaN, NaN]);
    expect(none.counts(0.5)).toMatchObject({ windows: 0, found: 0 });
  });

  it("is 100 for a detection at a window's first row", () => {
    for (const profile of PROFILES) expect(scores(100).at(0.5, profile)).toBeCloseTo(100, 10);
  });

  it("is worth less the later a window is found, by the earliest detection only", () => {
    const late = scores(115).at(0.5, standard);
    expect(late).toBeCloseTo((100 * (sigmoid(-(119 - 115 + 1) / 20) / sigmoid(-1) + 1)) / 2, 10);
    expect(scores(115, 117, 119).at(0.5, standard)).toBe(late);
    expect(scores(100, 119).at(0.5, standard)).toBeCloseTo(100, 10);
  });

  it("takes off for a false positive before any window in full", () => {
    expect(scores(100, 50).at(0.5, standard)).toBeCloseTo(100 - (100 * 0.11) / 2, 10);
    expect(scores(100, 50).at(0.5, lowFP)).toBeCloseTo(100 - (100 * 0.22) / 2, 10);
    expect(scores(100, 50).at(0.5, lowFN)).toBeCloseTo(100 - (100 * 0.11) / 3, 10);
  });

  it("takes off less just behind a window", () => {
    const behind = scores(100, 121).at(0.5, standard);
    expect(behind).toBeCloseTo(100 + (100 * 0.11 * sigmoid(2 / 19)) / 2, 10);
    expect(behind).toBeGreaterThan(scores(100, 190).at(0.5, standard));
  });

  it("counts nothing during probation", () => {
    expect(probation(ROWS)).toBe(30);
    expect(probation(22_695)).toBe(750);
    expect(scores(0, 29).at(0.5, standard)).toBe(0);
    expect(scores(30).at(0.5, standard)).toBeLessThan(0);
  });

  it("weighs a missed window twice where misses are dear", () => {
    const windows = [WINDOW, [150, 169] as const];
    const detected = new Float64Array(ROWS);
    detected[100] = 1;
    const half = new NabScores([{ scores: detected, windows }]);
    expect(half.at(0.5, standard)).toBeCloseTo(50, 10);
    expect(half.at(0.5, lowFN)).toBeCloseTo(50, 10);
    detected[40] = 1;
    const worse = new NabScores([{ scores: detected, windows }]);
    expect(worse.at(0.5, lowFN)).toBeGreaterThan(worse.at(0.5, standard));
  });
});

describe("NabScores.best()", () => {
  it("finds the threshold that leaves the false positives out", () => {
    const graded = new Float64Array(ROWS);
    graded[100] = 0.9;
    for (const row of [40, 50, 60]) graded[row] = 0.7;
    const found = new NabScores([{ scores: graded, windows: [WINDOW] }]).best(standard);
    expect(found.threshold).toBe(0.9);
    expect(found.score).toBeCloseTo(100, 10);
  });

  it("rather says nothing than be below 0", () => {
    expect(scores(40, 50).best(standard)).toEqual({ threshold: Number.POSITIVE_INFINITY, score: 0 });
  });
});

it("NabScores.counts() counts windows once and false positives each", () => {
  expect(scores(20, 40, 50, 100, 101).counts(0.5)).toEqual({ falsePositives: 2, found: 1, windows: 1 });
});
