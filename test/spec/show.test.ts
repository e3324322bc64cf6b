import { describe, expect, it } from "vitest";
import { type Environment, normalize, type Pipeline, parsePipeline, show } from "../../src/spec/index.js";
import { GOOD } from "./lines.js";

function parse(text: string, environment: Environment = {}): Pipeline {
  const { pipeline, problems } = parsePipeline(text, { environment });
  if (pipeline === undefined) throw new Error(problems.map((one) => one.message).join("\n"));
  return pipeline;
}

const WITH_SECRETS = `name: a
input: { topics: ["\${SITE}/+/v"], key: "{topic[1]}" }
broker: { url: "mqtt://\${HOST}", username: me, password: "\${PASSWORD}" }
features: ["\${FIELD}", { difference: w, scale: { mean: "\${MEAN}", sd: 1 } }]
model: { horizon: "\${HORIZON}" }
anomaly: { warm-up: "\${WARM_UP}" }
output: { alerts: "\${ALERTS}" }
`;
const SECRETS = {
  SITE: "hamburg",
  HOST: "broker.example",
  PASSWORD: "0042",
  FIELD: "rms",
  MEAN: "-1.5",
  HORIZON: "12",
  WARM_UP: "333",
  ALERTS: "false",
};

describe("parsePipeline() with an environment", () => {
  it("fills in texts, and numbers where the format asks for one", () => {
    const pipeline = parse(WITH_SECRETS, SECRETS);
    expect(pipeline.input.topics).toEqual(["hamburg/+/v"]);
    expect(pipeline.broker).toMatchObject({ url: "mqtt://broker.example", username: "me", password: "0042" });
    expect(pipeline.targets).toEqual(["rms"]);
    expect(pipeline.features[1]).toMatchObject({ scale: { mean: -1.5, sd: 1 } });
    expect(pipeline.model.horizons).toEqual([12]);
    expect(pipeline.anomaly?.warmUp).toBe(333);
    expect(pipeline.output.alerts).toBe(false);
  });

  it("takes $${ for ${ itself, and a value for YAML never", () => {
    const text = `${GOOD}broker: { username: "$\${A}", password: "\${B}" }\n`;
    const { broker } = parse(text, { B: `x, url: y # \${A}` });
    expect(broker).toMatchObject({ username: `\${A}`, password: `x, url: y # \${A}` });
  });

  it("reports a value that does not fit as the file has it", () => {
    const { problems } = parsePipeline(WITH_SECRETS, {
      environment: { ...SECRETS, HORIZON: "hunter2", ALERTS: "7", SITE: "a/#" },
    });
    expect(problems.map((one) => one.message)).toEqual([
      `input.topics[0]: expected an MQTT topic filter, with + alone on its level and # alone on the last one, found "\${SITE}/+/v"`,
      `model.horizon: expected a whole number from 1 to 1000, or an ascending list of them, found "\${HORIZON}"`,
      "output.alerts: expected true or false, found 7",
    ]);
  });
});

describe("show()", () => {
  it("prints every default", () => {
    expect(show(parse(GOOD))).toMatchInlineSnapshot(`
      "name: pump
      input:
        topics:
          - plant/+/vibration
        qos: 1
        codec: json
        key: "{topic[1]}"
        time: ts
        time-unit: auto
        zone: UTC
        retained: ignore
        max-ahead: 1h
        max-bytes: 256KiB
      broker:
        keep-alive: 30s
      sequence:
        late: step
      features:
        - field: rms
          scale: robust
        - difference: rms
          scale: robust
        - calendar: hour-of-day
          harmonics: 4
        - calendar: day-of-week
          harmonics: 4
        - lag: rms
          by: 1d
        - lag: rms
          by: 7d
      add: []
      target:
        - rms
      model:
        cell: gru
        hidden: 32
        layers: 1
        members: 2
        horizon:
          - 1
        seed: 1
        cold-start:
          events: 1000
          lead: 250
      anomaly:
        alerts-per-day: 1
        warm-up: 750
        hold: 5
        detectors: auto
        keys: 100
        limits: {}
        maintenance: []
        missing: {}
      output:
        predictions: true
        alerts: true
        home-assistant: false
        base: eddy
        qos: 1
        expiry: 1h
        backlog: all
      commit:
        linger: 0s
      overload: back-pressure
      store:
        retention: {}
        durability: power-loss
        memory: 192MiB
      control:
        mqtt: []
      models:
        require-signature: []
      tests: []
      "
    `);
  });

  it("prints what came from the environment as the file has it", () => {
    const shown = show(parse(WITH_SECRETS, SECRETS));
    for (const [name, value] of Object.entries(SECRETS)) {
      expect(shown).toContain(`\${${name}}`);
      if (name !== "ALERTS") expect(shown).not.toContain(value);
    }
  });

  it("hides a password that stands in the file", () => {
    expect(show(parse(`${GOOD}broker: { password: hunter2 }\n`))).toContain('password: "***"');
  });

  it("prints what gives the same pipeline again", () => {
    const again = parse(show(parse(WITH_SECRETS, SECRETS)), SECRETS);
    expect(again).toEqual(parse(WITH_SECRETS, SECRETS));
  });
});

describe("normalize()", () => {
  const of = (text: string, environment: Environment = {}) => normalize(parse(text, environment));

  it("is stable JSON", () => {
    expect(of(GOOD)).toMatchInlineSnapshot(
      `"{"anomaly":{"alerts-per-day":1,"detectors":"auto","hold":5,"keys":100,"limits":{},"maintenance":[],"missing":{},"warm-up":750},"environment":{},"features":[{"field":"rms","scale":"robust"},{"difference":"rms","scale":"robust"},{"calendar":"hour-of-day","harmonics":4},{"calendar":"day-of-week","harmonics":4},{"by":"86400000ms","lag":"rms"},{"by":"604800000ms","lag":"rms"}],"input":{"codec":"json","key":"{topic[1]}","max-ahead":"3600000ms","max-bytes":"256KiB","retained":"ignore","time":"ts","time-unit":"auto","zone":"UTC"},"model":{"cell":"gru","cold-start":{"events":1000,"lead":250},"hidden":32,"horizon":[1],"layers":1,"members":2,"seed":1},"sequence":{"late":"step"},"target":["rms"]}"`,
    );
  });

  it.each([
    [
      "order of the fields",
      'features: [rms]\ntarget: rms\nname: x\ninput: { time: ts, key: "{topic[1]}", topics: ["plant/+/vibration"] }\n',
    ],
    [
      "defaults written out",
      `${GOOD}model: { cell: gru, horizon: [1] }\nanomaly: { hold: 5 }\ninput2: 0\n`.replace(
        "input2: 0\n",
        "",
      ),
    ],
    ["another name for the same time", GOOD.replace("time: ts", "time: ts, max-ahead: 60m")],
    ["name and topics", GOOD.replace("pump", "fan").replace("plant/+/vibration", "hall/+/v")],
    [
      "broker, output, store and tests",
      `${GOOD}broker: { username: me }\noutput: { qos: 0 }\nstore: { durability: none }\ntests: [{ name: t, rows: [{}], expect: { rows: 1 } }]\n`,
    ],
  ])("does not depend on %s", (_what, text) => {
    expect(of(text)).toBe(of(GOOD));
  });

  it.each([
    ["key", GOOD.replace("{topic[1]}", "{topic[0]}")],
    ["time", GOOD.replace("time: ts", "time: t")],
    ["sequence", `${GOOD}sequence: { gap: 1m }\n`],
    ["features", GOOD.replace("[rms]", "[rms, u]")],
    ["scale", GOOD.replace("[rms]", "[{ field: rms, scale: none }]")],
    ["target", GOOD.replace("[rms]", "[rms, { difference: u }]\ntarget: u")],
    ["model", `${GOOD}model: { seed: 2 }\n`],
    ["anomaly", `${GOOD}anomaly: false\n`],
    ["learn", `${GOOD}learn: {}\n`],
  ])("depends on %s", (_what, text) => {
    expect(of(text)).not.toBe(of(GOOD));
  });

  it("notices another value in the environment without showing it", () => {
    const first = of(WITH_SECRETS, SECRETS);
    expect(of(WITH_SECRETS, { ...SECRETS, HORIZON: "13" })).not.toBe(first);
    expect(of(WITH_SECRETS, { ...SECRETS, PASSWORD: "other" })).toBe(first);
    expect(first).not.toContain("333");
    expect(first).not.toContain("0042");
  });
});
