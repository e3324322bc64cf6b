import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { parsePercent, parsePipeline, parseSize } from "../../src/spec/index.js";

/** Whatever the text: an answer, with positions that exist, and a pipeline exactly when there is no error. */
function answers(text: string): void {
  const { pipeline, problems } = parsePipeline(text, { environment: { A: "1", B: "x" } });
  const lines = text.split("\n");
  for (const { line, column, message } of problems) {
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
    expect(message).not.toContain("undefined");
    expect(message).not.toContain("Invalid input");
  }
  expect(pipeline === undefined).toBe(problems.some((one) => one.severity === "error"));
}

const NAMES = [
  ...["name", "input", "topics", "key", "time", "features", "field", "difference", "calendar", "scale"],
  ...["target", "model", "file", "horizon", "cold-start", "anomaly", "learn", "every", "tbptt", "tests"],
  ...["series", "fields", "faults", "expect", "rows", "alerts", "broker", "password", "output", "__proto__"],
];

const scalar = fc.oneof(
  fc.constantFrom("a", "$share/g/t", "{topic[1]}", "10m", "20%", "a.onnx", `\${A}`, `\${B}`, `\${C}`, "a/#"),
  fc.integer({ min: -2, max: 2000 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string(),
);

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    scalar,
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), tie("tree"), { maxKeys: 6 }),
  ),
}));

describe("parsePipeline()", () => {
  it("answers to any text", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: "grapheme" }), answers), {
      seed: 1,
      numRuns: 300,
    });
  });

  it("answers to any text of YAML's own characters", () => {
    const unit = fc.constantFrom(..."ab:-?[]{}&*!|>'\"%@`#,~ \n\t$01.<=".split(""));
    fc.assert(fc.property(fc.string({ unit, maxLength: 60 }), answers), { seed: 2, numRuns: 500 });
  });

  it("answers to any tree of known and unknown fields", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...NAMES), tree, { maxKeys: 10 }), (fields) => {
        answers(stringify(fields));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it.each([
    ["brackets", "[".repeat(50_000)],
    ["braces", "{a: ".repeat(50_000)],
    ["lists", "- ".repeat(50_000)],
    ["keys", "? ".repeat(50_000)],
    ["characters", "# ".repeat(600_000)],
  ])("refuses a tower of %s", (_what, text) => {
    const { problems } = parsePipeline(text);
    expect(problems.map((one) => one.code)).toEqual([text.length > 1_048_576 ? "TOO_LARGE" : "TOO_DEEP"]);
  });
});

describe("parseSize()", () => {
  it.each([
    ["0B", 0],
    ["1kB", 1000],
    ["2 MB", 2e6],
    ["3GB", 3e9],
    ["256KiB", 262_144],
    ["1.5MiB", 1_572_864],
    ["2GiB", 2 ** 31],
  ])("reads %s", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([[""], ["1"], ["-1B"], ["1kb"], ["1 TB"], ["1e3B"]])("refuses %j", (text) => {
    expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: "BAD_SIZE" }));
  });
});

describe("parsePercent()", () => {
  it("reads a share", () => {
    expect(parsePercent("20%")).toBe(0.2);
    expect(parsePercent("100 %")).toBe(1);
  });

  it.each([["0%"], ["101%"], ["20"], ["-5%"], ["%"]])("refuses %j", (text) => {
    expect(() => parsePercent(text)).toThrow(expect.objectContaining({ code: "BAD_PERCENT" }));
  });
});
