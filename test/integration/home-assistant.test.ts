import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DISCOVERY_TOPIC, deviceDiscovery } from "../runtime/home-assistant/schema.js";
import { RunningEddy } from "../support/cli.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: home
input: { topics: [plant/+], key: "{topic[1]}" }
features: [v]
control: { mqtt: [reset, sensitivity] }
output: { home-assistant: true }
`;

describe.skipIf(lacksMosquitto)(`Home Assistant${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "home.yaml");
  let broker: Mosquitto;
  let home: MqttClient;
  let running: RunningEddy;
  const configs: { topic: string; text: string; retain: boolean }[] = [];
  const states: string[] = [];
  const answers: { ok: boolean; command: string; error?: { code: string } }[] = [];
  const devices = () => configs.filter(({ text }) => text !== "").map(({ text }) => JSON.parse(text));
  const names = () => devices().map(({ device }) => device.name);

  beforeAll(async () => {
    broker = await startMosquitto();
    writeFileSync(pipeline, PIPELINE);
    home = await connectAsync(broker.url, { protocolVersion: 5 });
    home.on("message", (topic, payload, { retain }) => {
      const text = payload.toString();
      if (topic.endsWith("/config")) configs.push({ topic, text, retain });
      else if (topic === "answers") answers.push(JSON.parse(text));
      else states.push(text);
    });
    await home.subscribeAsync(["homeassistant/device/+/config", "eddy/home/status", "answers"], { qos: 1 });
    running = new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", join(folder, "data")]);
    await running.says(/online/);
  });
  afterAll(async () => {
    await running?.stop();
    await home?.endAsync();
    await broker?.dispose();
  });

  it("is told of the pipeline and its keys, again when it has started, asks by button and slider, and sees Eddy go", async () => {
    for (const key of ["a", "b", "a"]) await home.publishAsync(`plant/${key}`, '{"v":1}', { qos: 1 });
    await until(
      () => configs.length >= 3,
      () => `three devices have come, not ${names()}`,
    );
    expect(names()).toEqual(["Eddy home", "a (home)", "b (home)"]);
    for (const { topic } of configs) expect(topic).toMatch(DISCOVERY_TOPIC);
    for (const device of devices()) expect(deviceDiscovery.safeParse(device).error).toBeUndefined();

    configs.length = 0;
    await home.publishAsync("homeassistant/status", "offline", { qos: 1 });
    await home.publishAsync("homeassistant/status", "online", { qos: 1 });
    await until(
      () => configs.length >= 3,
      () => `three devices have come again, not ${names()}`,
    );
    expect(names()).toEqual(["Eddy home", "a (home)", "b (home)"]);

    // A button and a slider are requests.
    const { components, availability_topic } = devices().find(({ device }) => device.name === "a (home)");
    const { reset, sensitivity } = components;
    const ask = (topic: string, body: string) =>
      home.publishAsync(topic, body, { qos: 1, properties: { responseTopic: "answers" } });
    await ask(reset.command_topic, reset.payload_press);
    await ask(sensitivity.command_topic, '{"key": "a", "value": 0.5, "why": "Home Assistant"}');
    await ask(sensitivity.command_topic, '{"key": "a", "value": 7}');
    await until(
      () => answers.length === 3,
      () => `three answers have come, not ${JSON.stringify(answers)}`,
    );
    // What is refused is answered at once, the others when they are on disk.
    expect(answers.filter(({ ok }) => ok).map(({ command }) => command)).toEqual(["reset", "sensitivity"]);
    expect(answers.find(({ ok }) => !ok)?.error?.code).toBe("BAD_REQUEST");

    // The will says that a killed Eddy is gone; its devices are kept.
    expect(availability_topic).toBe("eddy/home/status");
    await running.kill();
    await until(
      () => states.at(-1)?.includes('"offline"') ?? false,
      () => `its status is offline, not ${states.at(-1)}`,
    );
    const late = await connectAsync(broker.url, { protocolVersion: 5 });
    const kept: string[] = [];
    late.on("message", (topic) => kept.push(topic));
    await late.subscribeAsync("homeassistant/device/+/config", { qos: 1 });
    await until(
      () => kept.length === 3,
      () => `three devices are kept, not ${kept}`,
    );
    await late.endAsync();
  });
});
