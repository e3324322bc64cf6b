import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import { FailingDisk } from "../support/failing-disk.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { wave } from "../support/recordings.js";
import { stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: tank
input: { topics: [plant/level], time: timestamp }
target: value
model: { hidden: 4, cold-start: { events: 20, lead: 10 } }
`;

const folder = temporaryFolder();
const disk = FailingDisk.in(folder);
const hint = disk ? mosquittoHint : " (skipped: needs Linux and a C compiler)";

describe.skipIf(lacksMosquitto || !disk)(`eddy run on a disk that fails${hint}`, () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto();
    writeFileSync(join(folder, "tank.yaml"), PIPELINE);
  });
  afterAll(() => broker?.dispose());

  const start = (data: string) =>
    new RunningEddy(
      ["run", join(folder, "tank.yaml"), "--broker", broker.url, "--data", join(folder, data)],
      disk?.environment,
    );

  it.each([
    ["full", "disk full"],
    ["error", "disk fails to write"],
    ["read-only", "disk fails to write"],
  ] as const)("says %s, leaves events at the broker, and goes on by itself", async (fault, why) => {
    const listener = await Listener.of(broker.url, "tank");
    const sensor = await connectClient({ url: broker.url });
    const status = () => listener.bodies<{ state: string; why: string }>("/status").at(-1);
    const running = start(fault);
    await running.says(/online/);
    const payloads = wave(60).map((row) => JSON.stringify(row));
    const send = (from: number, to: number) =>
      Promise.all(payloads.slice(from, to).map((payload) => sensor.publish("plant/level", payload)));
    await send(0, 20);
    await listener.hasSeen(20);

    disk?.set(fault);
    await send(20, 60);
    await until(() => status()?.state === "degraded", "it says that it is degraded");
    expect(status()?.why).toBe(why);
    expect(await stored(join(folder, fault), "tank", (reader) => reader.lastPosition())).toBe(20);

    disk?.set("none");
    await listener.hasSeen(60);
    await until(() => status()?.state !== "degraded", "it is well again");
    expect(await running.stop()).toMatchObject({ code: 0 });
    const counts = await stored(join(folder, fault), "tank", (reader) => reader.counts());
    expect(counts).toMatchObject({ events: 60, outputs: 60, noted: 0 });
    await sensor.close();
    await listener.close();
  });

  it("stopped meanwhile, ends with an error, and the broker has kept the events for the next start", async () => {
    const listener = await Listener.of(broker.url, "tank");
    const sensor = await connectClient({ url: broker.url });
    const running = start("stopped");
    await running.says(/online/);
    disk?.set("full");
    await Promise.all(wave(30).map((row) => sensor.publish("plant/level", JSON.stringify(row))));
    await running.says(/events wait at the broker/);
    const stopped = await running.stop();
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toMatch(/eddy: Cannot commit pipeline "tank": expected room on the disk/);

    disk?.set("none");
    const again = start("stopped");
    await listener.hasSeen(30);
    expect(await again.stop()).toMatchObject({ code: 0 });
    const counts = await stored(join(folder, "stopped"), "tank", (reader) => reader.counts());
    expect(counts).toMatchObject({ events: 30, outputs: 30, noted: 0 });
    await sensor.close();
    await listener.close();
  });
});
