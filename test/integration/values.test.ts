import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../src/core/index.js";
import { eddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";

/** A gauge that lags, and is silent at times; two events later the truth is told. */
const PIPELINE = `
name: gauge
input: { topics: [tank/+/gauge], key: "{topic[1]}" }
sequence: { end: last }
features: [{ field: level, scale: none, missing: mark }]
target: { value: truth, of: level, at: step, ahead: -2 }
model: { file: gauge.onnx }
train: { hidden: 16, epochs: 100, batch: 4, steps: 30, rate: 0.01, dropout: 0 }
`;

function runs(count: number, seed: number): string {
  const rng = new Rng(seed);
  const rows: object[] = [];
  for (let run = 0; run < count; run++) {
    let [truth, shown] = [50, 50];
    for (let t = 0; t < 30; t++) {
      if (rng.uniform() < 0.15) truth = 40 + 20 * rng.uniform();
      shown += 0.5 * (truth - shown);
      const isSilent = t % 10 > 7;
      rows.push({ ...(isSilent ? {} : { level: shown }), truth, ...(t === 29 ? { last: true } : {}) });
    }
  }
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

describe("a pipeline that estimates a value", () => {
  const folder = temporaryFolder();
  const inFolder = (name: string) => join(folder, name);
  let trained: Record<string, unknown>;

  beforeAll(async () => {
    writeFileSync(inFolder("gauge.yaml"), PIPELINE);
    writeFileSync(inFolder("train.ndjson"), runs(60, 1));
    writeFileSync(inFolder("test.ndjson"), runs(10, 2));
    const { stdout, stderr, code } = await eddy(
      "train",
      inFolder("gauge.yaml"),
      ...["--input", inFolder("train.ndjson"), "--test", inFolder("test.ndjson")],
      ...["--model", inFolder("gauge.onnx"), "--repeat", "2", "--json"],
    );
    if (code !== 0) throw new Error(stderr);
    trained = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}");
  });

  it("is trained by eddy train, beside the reading, the line over its gaps, and a regression", () => {
    const [{ count, network, maes, reading, interpolated, mean, linear }] = trained["test"] as [
      Record<string, { mae: number; rmse: number }>,
    ];
    // Of each run's 30 events the last two are told by nobody.
    expect(count).toBe(280);
    expect(maes).toHaveLength(2);
    expect(network!.mae).toBeLessThan(0.7 * linear!.mae);
    expect(network!.mae).toBeLessThan(0.7 * Math.min(reading!.mae, interpolated!.mae));
    expect(linear!.mae).toBeLessThan(mean!.mae);
    const card = readFileSync(inFolder("gauge.md"), "utf8");
    expect(card).toContain("Estimates `truth` of every step, that of 2 earlier. GRU, 1 x 16 units");
    expect(card).toContain("2 inputs: level, or that it is missing. Output: the estimate.");
    expect(card).toContain("| the reading, interpolated |");
  });

  it("says all about itself in its file, and refuses a pipeline that says something else", async () => {
    const short = PIPELINE.replace(/(?:features|target|train):.*\n/g, "");
    writeFileSync(inFolder("short.yaml"), short);
    const { stdout, code } = await eddy("lint", inFolder("short.yaml"), "--show");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /target:\n {2}value: truth\n {2}at: step\n {2}pool: last\n {2}ahead: -2\n {2}of: level/,
    );
    expect(stdout).toMatch(/output: value/);
    writeFileSync(inFolder("other.yaml"), PIPELINE.replace("ahead: -2", "ahead: -3"));
    const other = await eddy("lint", inFolder("other.yaml"));
    expect(other.code).toBe(1);
    expect(other.stdout + other.stderr).toContain(
      'target.ahead: expected -2, as "gauge.onnx" was trained, found -3',
    );
  });

  it("replays with an estimate, once an event two before it is there", async () => {
    const output = inFolder("estimated.csv");
    const { code } = await eddy(
      "replay",
      inFolder("gauge.yaml"),
      ...["--input", inFolder("test.ndjson"), "--output", output],
    );
    expect(code).toBe(0);
    const [head, ...lines] = readFileSync(output, "utf8").trimEnd().split("\n");
    expect(head).toBe("estimate,steps,score,alert,event,note");
    const isTold = lines.map((line) => !line.startsWith(","));
    expect(isTold).toEqual(lines.map((_, i) => i % 30 >= 2));
  });
});
