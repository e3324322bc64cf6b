import { describe, expect, it } from "vitest";
import {
  featureWords,
  lintReport,
  type ModelWords,
  parseModelWords,
  parsePipeline,
  show,
} from "../../src/spec/index.js";

const TRAINED: ModelWords = {
  features: [
    { field: "rms", scale: "robust" },
    { difference: "rms", scale: "robust" },
    { calendar: "hour-of-day", harmonics: 4 },
    { lag: "rms", by: "7d" },
  ],
  targets: ["rms"],
  horizons: [1, 6],
  output: "step",
};

const HEAD = "name: pump\ninput: { topics: [plant/pump], time: ts }\n";

function parse(rest: string, words: ModelWords | undefined = TRAINED) {
  const asked: string[] = [];
  const parsed = parsePipeline(`${HEAD}${rest}`, {
    file: "plant/pump.yaml",
    readModel: (file) => {
      asked.push(file);
      return words;
    },
  });
  return { ...parsed, asked, lines: lintReport("p.yaml", parsed.problems).split("\n").slice(0, -1) };
}

describe("takeModelWords()", () => {
  it("input and model.file suffice: features, target, horizons and output come from the file", () => {
    const { pipeline, lines, asked } = parse("model: { file: pump.onnx }\n");
    expect(lines).toEqual([]);
    expect(asked).toEqual(["plant/pump.onnx"]);
    expect(pipeline).toMatchObject({
      targets: ["rms"],
      model: { kind: "file", horizons: [1, 6], output: "step" },
      features: [
        { kind: "field", field: "rms" },
        { kind: "difference", field: "rms" },
        { kind: "calendar", calendar: "hour-of-day", harmonics: 4 },
        { kind: "lag", field: "rms", byMs: 604_800_000 },
      ],
    });
    expect(show(pipeline!)).toContain("lag: rms");
  });

  it("fields alone, and what agrees with the file, may be written", () => {
    const fields = parse(
      "features: [rms]\ntarget: rms\nmodel: { file: pump.onnx, horizon: [1, 6], output: step }\n",
    );
    expect(fields.lines).toEqual([]);
    expect(fields.pipeline?.features).toHaveLength(4);
    const all =
      "features: [rms, { difference: rms }, { calendar: hour-of-day, harmonics: 4 }, { lag: rms, by: 168h }]\nadd: []\n";
    expect(parse(`${all}model: { file: pump.onnx }\n`).lines).toEqual([]);
    // What lint --show prints of it is the same pipeline.
    const { pipeline } = parse("model: { file: pump.onnx }\n");
    const again = parsePipeline(show(pipeline!), { file: "plant/pump.yaml", readModel: () => TRAINED });
    expect(again.problems).toEqual([]);
    expect(again.pipeline?.source).toEqual(pipeline?.source);
  });

  it("what contradicts the file is an error that names both", () => {
    const message = (rest: string) => parse(rest).lines[0];
    expect(message("features: [temperature]\nmodel: { file: pump.onnx }\n")).toBe(
      'p.yaml:3:11: error: features: expected [{ field: rms, scale: robust }], as "pump.onnx" was trained, found [{ field: temperature, scale: robust }]',
    );
    expect(message("features: [{ field: rms, scale: none }]\nmodel: { file: pump.onnx }\n")).toContain(
      "found [{ field: rms, scale: none }]",
    );
    expect(message("features: [rms, { lag: rms, by: 1d }]\nmodel: { file: pump.onnx }\n")).toContain(
      'as "pump.onnx" was trained, found [{ field: rms, scale: robust }, { lag: rms, by: 1d }]',
    );
    expect(message("features: [rms]\nadd: []\nmodel: { file: pump.onnx }\n")).toContain("features: expected");
    expect(message("add: [difference]\nmodel: { file: pump.onnx }\n")).toContain(
      'add: expected nothing to be added to the features of "pump.onnx", found [difference]',
    );
    expect(message("target: hum\nmodel: { file: pump.onnx }\n")).toContain(
      'target: expected [rms], as "pump.onnx" was trained, found [hum]',
    );
    expect(message("model: { file: pump.onnx, horizon: 3 }\n")).toContain(
      'model.horizon: expected [1, 6], as "pump.onnx" was trained, found [3]',
    );
    expect(message("model: { file: pump.onnx, output: value }\n")).toContain(
      'model.output: expected step, as "pump.onnx" was trained, found value',
    );
  });

  it("a file that is not Eddy's, or is not there, changes nothing", () => {
    const read = parsePipeline(`${HEAD}target: rms\nmodel: { file: mine.onnx }\n`, {
      readModel: () => undefined,
    });
    expect(read.problems).toEqual([]);
    expect(read.pipeline).toMatchObject({
      features: [{ field: "rms" }],
      model: { horizons: [1], output: "value" },
    });
  });

  it("a path outside the pipeline's folder is not looked at", () => {
    const { asked, lines } = parse("target: rms\nmodel: { file: ../pump.onnx }\n");
    expect(asked).toEqual([]);
    expect(lines[0]).toContain("expected a path within the pipeline's own folder");
  });

  it("what can't be read is an error at the file", () => {
    const { problems } = parsePipeline(`${HEAD}target: rms\nmodel: { file: pump.onnx }\n`, {
      readModel: () => parseModelWords({ "eddy.features": "[{}]" }),
    });
    expect(problems[0]?.message).toContain('found "pump.onnx": its metadata eddy.features');
  });
});

describe("parseModelWords()", () => {
  it("parseModelWords() reads what featureWords() and a training write", () => {
    const features = featureWords([
      { kind: "field", field: "v", scale: { mean: 1, sd: 2 } },
      { kind: "difference", field: "v", scale: "none" },
      { kind: "calendar", calendar: "day-of-week", harmonics: 2 },
      { kind: "lag", field: "v", byMs: 86_400_000 },
      { kind: "lag", field: "v", byMs: 5_400_000 },
      { kind: "lag", field: "v", byMs: 1500 },
    ]);
    expect(features.flatMap((feature) => ("lag" in feature ? [feature.by] : []))).toEqual([
      "1d",
      "90m",
      "1500ms",
    ]);
    const metadata = {
      "eddy.features": JSON.stringify(features),
      "eddy.targets": '["v"]',
      "eddy.horizons": "[1]",
      "eddy.output": "step",
    };
    expect(parseModelWords(metadata)).toEqual({ features, targets: ["v"], horizons: [1], output: "step" });
    expect(parseModelWords({})).toBeUndefined();
    expect(() => parseModelWords({ ...metadata, "eddy.horizons": "[0]" })).toThrow(SyntaxError);
    expect(() => parseModelWords({ ...metadata, "eddy.targets": "v" })).toThrow(SyntaxError);
  });
});
