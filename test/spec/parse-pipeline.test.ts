import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lintTogether, type ParsedPipeline, type Pipeline, parsePipeline } from "../../src/spec/index.js";
import { GOOD } from "./lines.js";

function parse(text: string, file?: string): Pipeline {
  const { pipeline, problems } = parsePipeline(text, file === undefined ? {} : { file });
  expect(problems).toEqual([]);
  if (pipeline === undefined) throw new Error("no pipeline");
  return pipeline;
}

describe("parsePipeline()", () => {
  it("fills in all defaults", () => {
    const { source, ...pipeline } = parse("name: a\ninput: { topics: [t] }\ntarget: v\n");
    expect(pipeline).toEqual({
      name: "a",
      modelKeys: [],
      lingerMs: 0,
      overload: "back-pressure",
      input: {
        topics: ["t"],
        codec: "json",
        qos: 1,
        key: "default",
        timeUnit: "auto",
        zone: "UTC",
        retained: "ignore",
        maxAheadMs: 3_600_000,
        maxBytes: 262_144,
      },
      broker: { keepAliveMs: 30_000 },
      control: { mqtt: [] },
      sequence: { late: "step" },
      features: [
        { kind: "field", field: "v", scale: "robust" },
        { kind: "difference", field: "v", scale: "robust" },
      ],
      targets: ["v"],
      model: {
        kind: "built-in",
        cell: "gru",
        hidden: 32,
        layers: 1,
        members: 2,
        horizons: [1],
        seed: 1,
        coldStart: { events: 1000, lead: 250 },
      },
      anomaly: {
        alertsPerDay: 1,
        warmUp: 750,
        hold: 5,
        detectors: "auto",
        keys: 100,
        limits: {},
        missing: {},
        maintenance: [],
      },
      output: {
        predictions: true,
        alerts: true,
        homeAssistant: false,
        base: "eddy",
        qos: 1,
        backlog: "all",
        expiryMs: 3_600_000,
      },
      store: { retention: {}, durability: "power-loss", memoryBytes: 192 * 1024 * 1024 },
      tests: [],
      environment: {},
    });
  });

  it("reads units, names and short forms", () => {
    const pipeline = parse(`
name: a
input:
  topics: [t]
  codec: cbor
  key: "{pump}"
  time: at
  time-unit: s
  zone: Europe/Berlin
  id: n
  retained: step
  max-ahead: 1h30m
  max-bytes: 1.5 kB
broker: { url: "mqtts://host:8883", username: me }
sequence: { gap: 90s, late: drop }
features: [u, { field: v, scale: { mean: 20, sd: 2.5 } }, { difference: u, scale: none }, { calendar: day-of-year }]
target: [v, u]
model: { cell: lstm, hidden: 8, layers: 2, horizon: [1, 12], seed: 7, cold-start: { events: 100, lead: 0 } }
anomaly: { alerts-per-day: 0.5, warm-up: 10, hold: 1 }
learn: { every: 500 events, tbptt: [8, 8], budget: 12.5% }
output: { predictions: false, alerts: false, base: site/eddy, qos: 0, expiry: 10m }
store: { retention: { age: 30d, size: 2GiB }, durability: none, snapshot-every: 5m, memory: 64MiB }
`);
    expect(pipeline.input).toEqual({
      topics: ["t"],
      qos: 1,
      codec: "cbor",
      key: "{pump}",
      time: "at",
      timeUnit: "s",
      zone: "Europe/Berlin",
      id: "n",
      retained: "step",
      maxAheadMs: 5_400_000,
      maxBytes: 1500,
    });
    expect(pipeline.broker).toMatchObject({ url: "mqtts://host:8883", username: "me" });
    expect(pipeline.sequence).toEqual({ gapMs: 90_000, late: "drop" });
    expect(pipeline.features).toEqual([
      { kind: "field", field: "u", scale: "robust" },
      { kind: "field", field: "v", scale: { mean: 20, sd: 2.5 } },
      { kind: "difference", field: "u", scale: "none" },
      { kind: "calendar", calendar: "day-of-year", harmonics: 1 },
    ]);
    expect(pipeline.targets).toEqual(["v", "u"]);
    expect(pipeline.model).toEqual({
      kind: "built-in",
      cell: "lstm",
      hidden: 8,
      layers: 2,
      members: 2,
      horizons: [1, 12],
      seed: 7,
      coldStart: { events: 100, lead: 0 },
    });
    expect(pipeline.anomaly).toMatchObject({ alertsPerDay: 0.5, warmUp: 10, hold: 1 });
    expect(pipeline.learn).toEqual({ every: { events: 500 }, onDrift: true, tbptt: [8, 8], budget: 0.125 });
    expect(pipeline.output).toEqual({
      predictions: false,
      alerts: false,
      homeAssistant: false,
      backlog: "all",
      base: "site/eddy",
      qos: 0,
      expiryMs: 600_000,
    });
    expect(pipeline.store).toEqual({
      retention: { ageMs: 2_592_000_000, bytes: 2_147_483_648 },
      durability: "none",
      memoryBytes: 64 * 1024 * 1024,
      snapshotEvery: { ms: 300_000 },
    });
  });

  it("takes the first field among the features for the target", () => {
    const text = "name: a\ninput: { topics: [t], time: ts }\nfeatures: [{ calendar: hour-of-day }, u, v]\n";
    expect(parse(text).targets).toEqual(["u"]);
  });

  it("takes the field value for the target of codec text", () => {
    const { targets, features } = parse("name: a\ninput: { topics: [t], codec: text }\n");
    expect(targets).toEqual(["value"]);
    expect(features).toHaveLength(2);
  });

  it("leaves anomaly out when it is false, and fills learn in when it is empty", () => {
    const pipeline = parse(`${GOOD}anomaly: false\nlearn: {}\n`);
    expect(pipeline.anomaly).toBeUndefined();
    expect(pipeline.learn).toEqual({ every: { ms: 900_000 }, onDrift: true, tbptt: [32, 64], budget: 0.2 });
  });

  it("finds models and recordings beside the pipeline's file", () => {
    const text = `${GOOD}model: { file: models/m.onnx }\ntests: [{ name: t, input: r.csv, expect: { rows: 1 } }]\n`;
    const { model, tests } = parse(text, join("site", "p.yaml"));
    expect(model).toEqual({
      kind: "file",
      file: join("site", "models", "m.onnx"),
      horizons: [1],
      output: "value",
      batch: "exact",
    });
    expect(tests[0]?.source).toEqual({ kind: "file", file: join("site", "r.csv") });
    expect(parse(text).model).toMatchObject({ file: "models/m.onnx" });
  });

  it("reads the three kinds of tests", () => {
    const { tests } = parse(`${GOOD}
tests:
  - name: rows
    rows: [{ ts: 1, rms: 2 }]
    expect: { alerts: 0, stepped: 1 }
  - name: series
    topic: plant/a/vibration
    series:
      count: 5
      every: 1m
      start: 2025-03-01T00:00:00+01:00
      fields:
        rms:
          { level: 2, amplitude: 1, period: 1h, noise: 0.1, trend: -1, faults: [{ at: 1, add: 2 }, { at: 2, value: 0 }, { at: 3, length: 2, stuck: true }] }
    expect:
      rows: 5
      alerts: { max: 2 }
      raised: [{ from: 1, to: 2 }]
      notes: { late: 0 }
      mae-below-persistence: true
      cells: [{ row: 0, column: score, value: "" }]
`);
    const nothing = { raised: [], quiet: [], notes: {}, cells: [] };
    expect(tests).toEqual([
      {
        name: "rows",
        source: { kind: "rows", rows: [{ ts: 1, rms: 2 }] },
        expect: { ...nothing, stepped: 1, alerts: { min: 0, max: 0 } },
      },
      {
        name: "series",
        topic: "plant/a/vibration",
        source: {
          kind: "series",
          series: {
            count: 5,
            everyMs: 60_000,
            startMs: Date.UTC(2025, 1, 28, 23),
            seed: 1,
            fields: {
              rms: {
                level: 2,
                amplitude: 1,
                periodMs: 3_600_000,
                noise: 0.1,
                trendPerHour: -1,
                faults: [
                  { at: 1, length: 1, change: { add: 2 } },
                  { at: 2, length: 1, change: { value: 0 } },
                  { at: 3, length: 2, change: "stuck" },
                ],
              },
            },
          },
        },
        expect: {
          ...nothing,
          rows: 5,
          alerts: { min: 0, max: 2 },
          raised: [{ from: 1, to: 2 }],
          notes: { late: 0 },
          maeBelowPersistence: true,
          cells: [{ row: 0, column: "score", value: "", within: 0 }],
        },
      },
    ]);
  });

  it("reads anchors and aliases, and finds faults at the alias", () => {
    const text =
      "name: a\ninput: { topics: [t] }\nfeatures: [{ field: v, scale: &s { mean: 0, sd: 2 } }, { field: w, scale: *s }]\n";
    expect(parse(text).features[1]).toEqual({ kind: "field", field: "w", scale: { mean: 0, sd: 2 } });
    const { problems } = parsePipeline(`${GOOD}sequence: { gap: &d 3 }\noutput: { expiry: *d }\n`);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [4, 21],
      [5, 19],
    ]);
  });

  it("gives problems with path, code and position for machines", () => {
    const { pipeline, problems } = parsePipeline(`${GOOD}model: { cell: gur }\n`);
    expect(pipeline).toBeUndefined();
    expect(problems).toEqual([
      {
        severity: "error",
        line: 4,
        column: 16,
        path: "model.cell",
        code: "BAD_VALUE",
        message: 'model.cell: expected one of rnn, gru, lstm, found "gur"; did you mean "gru"?',
      },
    ]);
  });
});

describe("lintTogether()", () => {
  const named = (name: string, file: string): ParsedPipeline =>
    parsePipeline(GOOD.replace("pump", name), { file });

  it("reports a name that stands twice, at the second of them", () => {
    const problems = lintTogether([named("a", "1.yaml"), named("b", "2.yaml"), named("a", "3.yaml")]);
    expect(problems).toEqual([
      [],
      [],
      [
        {
          severity: "error",
          line: 1,
          column: 7,
          path: "name",
          code: "DUPLICATE_NAME",
          message: 'name: expected a name of its own, found "a", which 1.yaml has too',
        },
      ],
    ]);
  });
});

describe("parsePipeline() adds what forecasting needs", () => {
  const featuresOf = (text: string) => {
    const { pipeline, problems } = parsePipeline(`name: a\ninput: { topics: [t], time: ts }\n${text}`, {
      environment: {},
    });
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    return pipeline?.features.map((feature) =>
      feature.kind === "calendar" ? feature.calendar : `${feature.kind} ${feature.field}`,
    );
  };
  const ALL = ["difference u", "hour-of-day", "day-of-week", "lag u", "lag u"];

  it.each([
    ["where the features are fields alone", "features: [u, v]", ["field u", "field v", ...ALL]],
    ["where only a target is named", "target: u", ["field u", ...ALL]],
    [
      "nothing where more than fields are written",
      "features: [u, { difference: u }]",
      ["field u", "difference u"],
    ],
    ["nothing where it says so", "features: [u]\nadd: []", ["field u"]],
    ["just what it says", "features: [u]\nadd: [calendar]", ["field u", "hour-of-day", "day-of-week"]],
    [
      "nothing that stands there already",
      "features: [u, { difference: u, scale: none }, { calendar: hour-of-day }]\nadd: [difference, calendar]",
      ["field u", "difference u", "hour-of-day", "day-of-week"],
    ],
    ["nothing to a user's network", "features: [u]\nmodel: { file: m.onnx }", ["field u"]],
  ])("%s", (_, text, expected) => {
    expect(featuresOf(text)).toEqual(expected);
  });
});
