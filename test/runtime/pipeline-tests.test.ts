import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runPipelineTest } from "../../src/runtime/index.js";
import { parsePipeline } from "../../src/spec/index.js";
import { fragileModel } from "../support/fragile-model.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { temporaryFolder } from "../support/temporary.js";

const engines = { trainer: inPlaceTrainer(), fineTunes: false };

async function outcome(expect: string): Promise<readonly string[]> {
  const { pipeline, problems } = parsePipeline(`
name: tested
input: { topics: [a], time: ts }
features: [v, { difference: v }]
target: v
model: { hidden: 4, cold-start: { events: 300, lead: 20 } }
anomaly: { alerts-per-day: 1, warm-up: 100 }
tests:
  - name: t
    series:
      { count: 400, every: 1m, fields: { v: { level: 5, amplitude: 2, period: 20m, noise: 0.05, faults: [{ at: 380, add: 20 }] } } }
    expect: ${expect}
`);
  const test = pipeline?.tests[0];
  if (pipeline === undefined || test === undefined)
    throw new Error(problems.map((problem) => problem.message).join());
  return (await runPipelineTest(pipeline, test, engines)).failures;
}

describe("runPipelineTest()", () => {
  it("passes when all that is expected is found", async () => {
    expect(
      await outcome(
        "{ rows: 400, stepped: 400, alerts: { min: 1 }, raised: [{ from: 380, to: 380 }], mae-below-persistence: true }",
      ),
    ).toEqual([]);
  });

  it("says for everything that is not found what was expected and what was there", async () => {
    const failures = await outcome(
      "{ rows: 401, alerts: 0, raised: [{ from: 1, to: 50 }], quiet: [{ from: 370, to: 390 }], notes: { late: 2 }, cells: [{ row: 0, column: alert, value: 1 }] }",
    );
    expect(failures).toEqual([
      "rows: expected 401, found 400",
      expect.stringMatching(/^alerts: expected 0, found \d+ \(at rows? 380/),
      expect.stringMatching(/^raised: expected an alert in rows 1 to 50, found none there/),
      expect.stringMatching(/^quiet: expected no alert in rows 370 to 390, found \d+ \(at rows? 380/),
      "notes.late: expected 2, found 0",
      "row 0, alert: expected 1, found 0",
    ]);
  });

  it("fails where Eddy itself failed at an event, unless that is expected", async () => {
    const folder = temporaryFolder();
    const MODEL = join(folder, "fragile.onnx");
    writeFileSync(MODEL, fragileModel());
    const failures = async (notes: string) => {
      const text = `
name: fragile
input: { topics: [a], time: ts }
features: [{ field: v, scale: none }]
target: v
model: { file: "\${MODEL}", output: value }
tests:
  - name: t
    rows: [{"ts":"2026-01-01T00:00:00Z","v":3}, {"ts":"2026-01-01T00:01:00Z","v":1000}]
    expect: { rows: 2${notes} }
`;
      const { pipeline } = parsePipeline(text, { environment: { MODEL } });
      return (await runPipelineTest(pipeline!, pipeline!.tests[0]!, engines)).failures;
    };
    expect(await failures("")).toEqual([
      expect.stringMatching(
        /^notes.fault: expected none, found 1; the first: cells failed at event 2, key "default"/,
      ),
    ]);
    expect(await failures(", notes: { fault: 1 }")).toEqual([]);
  });
});
