import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { wave } from "../support/recordings.js";
import { stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: tank
input: { topics: [plant/level], time: timestamp, id: n }
target: value
model: { hidden: 4, cold-start: { events: 20, lead: 10 } }
`;

describe.skipIf(lacksMosquitto)(`input.id${mosquittoHint}`, () => {
  it("steps every event once, whoever sends it again: a killed broker, a sensor, at any QoS", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "data");
    writeFileSync(join(folder, "tank.yaml"), PIPELINE);
    // Without persistence: killed, it forgets sessions and what it had.
    const broker = await startMosquitto();
    const payloads = wave(100).map((row, n) => JSON.stringify({ ...row, n }));
    const send = async (from: number, to: number, qos: 0 | 1 | 2) => {
      const sensor = await connectClient({ url: broker.url });
      for (const payload of payloads.slice(from, to)) await sensor.publish("plant/level", payload, { qos });
      await sensor.close();
    };
    const stepped = async () => {
      const { events, noted } = await stored(data, "tank", (reader) => reader.counts());
      return events - noted;
    };
    const reached = (count: number) =>
      until(async () => (await stepped()) >= count, `${count} events are stepped`);
    const running = new RunningEddy([
      "run",
      join(folder, "tank.yaml"),
      "--broker",
      broker.url,
      "--data",
      data,
    ]);
    await running.says(/online/);
    await send(0, 60, 1);
    await reached(60);
    await broker.kill();
    await running.says(/offline/);
    await broker.restart();
    await running.says(/offline[\s\S]*online/);
    await send(0, 70, 1);
    await send(50, 80, 0);
    await send(60, 90, 2);
    await send(90, 100, 1);
    await reached(100);
    expect(await running.stop()).toMatchObject({ code: 0 });
    const counts = await stored(data, "tank", (reader) => reader.counts());
    expect(counts.events - counts.noted).toBe(100);
    expect(counts.outputs).toBe(100);
    await broker.dispose();
  });
});
