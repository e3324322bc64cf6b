import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchNab } from "../../../src/cli/bench/nab/bench-nab.js";
import { type NabFile, readCorpus } from "../../../src/cli/bench/nab/corpus.js";
import { erfc } from "../../../src/cli/bench/nab/erfc.js";
import { NabScores, PROFILES } from "../../../src/cli/bench/nab/score.js";
import { scoreboard } from "../../../src/cli/bench/nab/scoreboard.js";
import { windowedGaussian } from "../../../src/cli/bench/nab/windowed-gaussian.js";
import { Rng } from "../../../src/core/index.js";
import { eddy } from "../../support/cli.js";
import { sharedData, sharedDataHint } from "../../support/shared-data.js";
import { temporaryFolder } from "../../support/temporary.js";

const folder = join(sharedData ?? "", "nab");
let read: NabFile[] | undefined;
const corpus = () => {
  read ??= readCorpus(folder);
  return read;
};

it("erfc() has the values of Abramowitz and Stegun's table 7.1 and beyond", () => {
  const known = [
    [0, 1],
    [0.5, 0.4795001221869535],
    [2, 4.677734981047266e-3],
    [5, 1.5374597944280347e-12],
  ] as const;
  for (const [x, y] of known) expect(Math.abs(erfc(x) / y - 1)).toBeLessThan(1e-13);
  expect(Math.abs(erfc(2 - 1e-12) / erfc(2) - 1)).toBeLessThan(1e-10);
});

it("readCorpus() says what it expected where there is none", () => {
  expect(() => readCorpus("/nowhere")).toThrow(
    expect.objectContaining({ code: "NAB_NOT_FOUND", message: expect.stringContaining("/nowhere") }),
  );
});

describe.skipIf(!sharedData)(`the Numenta Anomaly Benchmark${sharedDataHint}`, () => {
  it("readCorpus() reads 58 files with 365,558 records and 116 windows", () => {
    const files = corpus();
    expect(files.length).toBe(58);
    expect(files.reduce((sum, { values }) => sum + values.length, 0)).toBe(365_558);
    const windows = files.flatMap((file) => file.windows);
    expect(windows.length).toBe(116);
    for (const [first, last] of windows) expect(first).toBeLessThan(last);
    for (const { windows: own } of files) expect(own.every(([first]) => first >= 0)).toBe(true);
  });

  it("NabScores gives NAB's own windowedGaussian its published scores", () => {
    const scores = new NabScores(
      corpus().map(({ values, windows }) => ({ scores: windowedGaussian(values), windows })),
    );
    const best = PROFILES.map((profile) => Number(scores.best(profile).score.toFixed(2)));
    expect(best).toEqual([39.65, 20.87, 47.41]);
    for (const profile of PROFILES) expect(scores.best(profile).threshold).toBe(1);
  });

  it("benchNab() runs a detector over files, and gives the same scores again", () => {
    const names = ["artificialWithAnomaly/art_daily_flatmiddle.csv", "realTraffic/speed_7578.csv"];
    const files = corpus().filter(({ name }) => names.includes(name));
    const seen: number[] = [];
    const result = benchNab(files, "novelty-6", 1, (rows) => seen.push(rows));
    expect(seen).toEqual(files.map(({ values }) => values.length));
    expect(result.windows).toBe(5);
    expect(result.found).toBeGreaterThanOrEqual(3);
    expect(result.fixed.standard).toBeGreaterThan(40);
    expect(result.best.standard).toBeGreaterThanOrEqual(result.fixed.standard);
    const { recordsPerSecond: _, ...again } = benchNab(files, "novelty-6", 1);
    expect(result).toMatchObject(again);
    expect(scoreboard("novelty-6", [result])).toMatch(/ARTime +74\.9[\s\S]*realTraffic/);
  });

  it("novelty with one net is in the range that docs/detection.md tells, at the threshold that ships", () => {
    const { fixed } = benchNab(corpus(), "novelty", 1);
    expect(fixed.standard).toBeGreaterThan(72);
    expect(fixed.lowFP).toBeGreaterThan(62);
    expect(fixed.lowFN).toBeGreaterThan(77);
  });
});

describe("eddy bench nab", () => {
  it("asks for the corpus, and says where it looked in vain", async () => {
    expect((await eddy("bench", "nab")).code).toBe(2);
    const { code, stderr } = await eddy("bench", "nab", "--data", "/nowhere");
    expect(code).not.toBe(0);
    expect(stderr).toContain("a checkout of github.com/numenta/NAB");
  });

  it("ends with the result as JSON, and else prints the scoreboard", async () => {
    const own = smallCorpus();
    const options = ["bench", "nab", "--data", own, "--seeds", "2"];
    const { code, stdout } = await eddy(...options, "--json");
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(["seed", "seed", "result"]);
    const [first, second, result] = lines;
    expect(result).toMatchObject({ bench: "nab", seeds: 2, threshold: 0.5, windows: 1 });
    for (const name of ["standard", "lowFP", "lowFN"] as const) {
      expect(result[name]).toBeCloseTo((first.fixed[name] + second.fixed[name]) / 2, 10);
      expect(result[name]).toBeGreaterThan(50);
    }
    const standards = [first.fixed.standard, second.fixed.standard];
    expect(result.range).toEqual([Math.min(...standards), Math.max(...standards)]);

    const text = await eddy(...options, "--detector", "fusion");
    expect(text.stdout).toMatch(/Eddy fusion, 2 seeds[\s\S]*1.0 of 1 windows found/);
    expect(text.stderr).toContain("records");
  });
});

/** A corpus of NAB's form: a noisy wave whose second half holds a different one. */
function smallCorpus(): string {
  const folder = temporaryFolder("eddy-nab");
  mkdirSync(join(folder, "data", "made"), { recursive: true });
  mkdirSync(join(folder, "labels"));
  const rng = new Rng(8);
  const from = Date.UTC(2014, 0, 1);
  const timeOf = (row: number) => new Date(from + row * 300_000).toISOString().slice(0, 19).replace("T", " ");
  const rows = Array.from({ length: 2000 }, (_, row) => {
    const isOdd = row >= 1400 && row < 1500;
    const value = Math.sin(row / (isOdd ? 3 : 20)) + 0.05 * rng.normal();
    return `${timeOf(row)},${value.toFixed(5)}`;
  });
  writeFileSync(join(folder, "data", "made", "wave.csv"), ["timestamp,value", ...rows, ""].join("\n"));
  const windows = { "made/wave.csv": [[`${timeOf(1390)}.000000`, `${timeOf(1520)}.000000`]] };
  writeFileSync(join(folder, "labels", "combined_windows.json"), JSON.stringify(windows));
  return folder;
}
