import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { discoveryTopic, keyDevice, pipelineDevice } from "../../../src/runtime/home-assistant/devices.js";
import { type Pipeline, parsePipeline } from "../../../src/spec/index.js";
import { DISCOVERY_TOPIC, deviceDiscovery } from "./schema.js";

function pipeline(more = "", target = "v"): Pipeline {
  const text = `
name: pump
input: { topics: [plant/+], key: "{topic[1]}" }
target: ${target}
control: { mqtt: [reset, label, mute, sensitivity, tune] }
output: { home-assistant: true }
${more}`;
  const { pipeline: read, problems } = parsePipeline(text);
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return read!;
}

const KEYS = ["pump-3", "a b/c+d#", "ü{{ 7*7 }}%}", "x".repeat(500), "{% raw %}\"'\\"];

describe("devices for Home Assistant", () => {
  it.each(KEYS)("are what its discovery takes, for the key %s", (key) => {
    const device = keyDevice(pipeline(), key);
    expect(deviceDiscovery.safeParse(device).error).toBeUndefined();
    expect(discoveryTopic(pipeline(), key)).toMatch(DISCOVERY_TOPIC);
    expect(Object.keys(device.components)).toEqual([
      ...["problem", "score", "forecast-0-0", "reset", "label", "mute", "sensitivity"],
    ]);
  });

  it("are the pipeline's own too, by which keys are known to be connected", () => {
    const own = pipelineDevice(pipeline());
    expect(deviceDiscovery.safeParse(own).error).toBeUndefined();
    expect(keyDevice(pipeline(), "a").device.via_device).toBe(own.device.identifiers[0]);
    expect(Object.keys(own.components)).toEqual(["status", "tune"]);
  });

  it("have a sensor for every target and horizon", () => {
    const many = pipeline("model: { hidden: 8, horizon: [1, 12] }", "[rms, ENERGY.Power]");
    const { components } = keyDevice(many, "a");
    expect(
      Object.values(components).flatMap(({ name, platform }) => (platform === "sensor" ? [name] : [])),
    ).toEqual([
      ...["Score", "rms next", "rms in 12 events", "ENERGY.Power next", "ENERGY.Power in 12 events"],
    ]);
    expect(deviceDiscovery.safeParse(keyDevice(many, "a")).error).toBeUndefined();
  });

  it("offer only what the pipeline takes over MQTT, and look at alerts where there are no predictions", () => {
    const bare = pipeline().source;
    const none = { ...pipeline(), control: { mqtt: [] }, source: bare };
    expect(Object.keys(keyDevice(none, "a").components)).toEqual(["problem", "score", "forecast-0-0"]);
    expect(Object.keys(pipelineDevice(none).components)).toEqual(["status"]);
    const silent = { ...none, output: { ...none.output, predictions: false } };
    expect(keyDevice(silent, "a").components["problem"]?.["state_topic"]).toBe("eddy/pump/a/alert");
    expect(Object.keys(keyDevice(silent, "a").components)).toEqual(["problem"]);
  });

  it("have different ids for keys that look alike, the same at every start", () => {
    const topics = ["a/b", "a-b", "a+b", "a b"].map((key) => discoveryTopic(pipeline(), key));
    expect(new Set(topics).size).toBe(4);
    expect(discoveryTopic(pipeline(), "a b")).toBe(topics[3]);
  });
});

/** Renders templates as Home Assistant does, with Jinja: [template, payload] in, text out. */
const RENDER = `
import json, sys, jinja2
environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
out = []
for template, payload in json.load(sys.stdin):
    names = {"value": payload}
    try:
        names["value_json"] = json.loads(payload)
    except ValueError:
        pass
    out.append(environment.from_string(template).render(**names))
print(json.dumps(out))
`;
const hasJinja = spawnSync("python3", ["-c", "import jinja2"]).status === 0;
const jinjaHint = hasJinja ? "" : " (skipped: no python3 with jinja2)";

describe.skipIf(!hasJinja)(`templates for Home Assistant${jinjaHint}`, () => {
  const render = (pairs: readonly (readonly [unknown, string])[]): string[] => {
    const { stdout, stderr } = spawnSync("python3", ["-c", RENDER], { input: JSON.stringify(pairs) });
    expect(stderr.toString()).toBe("");
    return JSON.parse(stdout.toString());
  };
  const prediction = (more: object) =>
    JSON.stringify({
      score: 0.25,
      alert: true,
      next: [
        { steps: 1, forecast: 2.11 },
        { steps: 12, forecast: 3 },
      ],
      ...more,
    });

  it("say what predictions say, and nothing where they say nothing", () => {
    const { problem, score, ...parts } = keyDevice(pipeline(), "a").components;
    const next = parts["forecast-0-0"];
    const early = prediction({ score: null, alert: false, next: [] });
    expect(
      render([
        [problem?.["value_template"], prediction({})],
        [problem?.["value_template"], early],
        [score?.["value_template"], prediction({})],
        [score?.["value_template"], early],
        [next?.["value_template"], prediction({})],
        [next?.["value_template"], early],
      ]),
    ).toEqual(["ON", "OFF", "0.25", "None", "2.11", "None"]);
  });

  it("find each of several targets at each horizon", () => {
    const { components } = keyDevice(
      pipeline("model: { hidden: 8, horizon: [1, 12] }", "[rms, ENERGY.Power]"),
      "a",
    );
    const next = [1, 12].map((steps) => ({ steps, forecast: { rms: steps, "ENERGY.Power": -steps } }));
    const of = (part: string, payload: string) => [components[part]?.["value_template"], payload] as const;
    expect(
      render([
        of("forecast-0-1", prediction({ next })),
        of("forecast-1-0", prediction({ next })),
        of("forecast-1-1", prediction({ next: [] })),
      ]),
    ).toEqual(["12", "-1", "None"]);
  });

  it("clear the reason when the retained alert goes, and know the pipeline's state from birth and will", () => {
    const { problem } = keyDevice(pipeline(), "a").components;
    const { availability_template: available } = pipelineDevice(pipeline());
    expect(
      render([
        [problem?.["json_attributes_template"], '{"why": "too high"}'],
        [problem?.["json_attributes_template"], ""],
        [available, '{"state":"warming-up"}'],
        [available, '{"state":"offline","why":"connection lost"}'],
      ]),
    ).toEqual(['{"why": "too high"}', "{}", "online", "offline"]);
  });

  it.each(KEYS)("write requests that Eddy reads, whatever the key: %s", (key) => {
    const { sensitivity } = keyDevice(pipeline(), key).components;
    const [body = ""] = render([[sensitivity?.["command_template"], "0.5"]]);
    expect(JSON.parse(body)).toMatchObject({ key, why: "Home Assistant" });
  });
});
