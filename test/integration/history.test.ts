import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Client, connectClient } from "../../src/mqtt/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { csv, wave } from "../support/recordings.js";
import { stored } from "../support/stored.js";
import { startTcpProxy } from "../support/tcp-proxy.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: tank
input: { topics: [plant/tank/level], time: timestamp }
features: [value, { difference: value }]
target: value
model: { hidden: 8, members: 1, cold-start: { events: 300, lead: 50 } }
anomaly: { warm-up: 200 }
`;

/** Rows of the recording; the sensor sends the rest. Enough of them to be killed within. */
const HISTORY = 6_000;
const ROWS = wave(HISTORY + 100);
const LIVE = ROWS.slice(HISTORY);

describe.skipIf(lacksMosquitto)(`eddy run --history${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const inFolder = (name: string) => join(folder, name);
  let broker: Mosquitto;
  let sensor: Client;
  let listener: Listener;
  /** What eddy replay says of the recording and the live rows. */
  let replayed: Record<string, unknown>[];

  beforeAll(async () => {
    writeFileSync(inFolder("tank.yaml"), PIPELINE);
    writeFileSync(inFolder("history.csv"), csv(ROWS.slice(0, HISTORY)));
    writeFileSync(inFolder("all.csv"), csv(ROWS));
    const output = inFolder("all.ndjson");
    await eddy("replay", inFolder("tank.yaml"), "--input", inFolder("all.csv"), "--output", output);
    const lines = readFileSync(output, "utf8").trimEnd().split("\n");
    replayed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  });
  beforeEach(async () => {
    broker = await startMosquitto();
    sensor = await connectClient({ url: broker.url });
    listener = await Listener.of(broker.url, "tank");
  });
  afterEach(async () => {
    await sensor.close();
    await listener.close();
    await broker.dispose();
  });

  const run = (data: string, url = broker.url) => {
    const history = ["--history", inFolder("history.csv")];
    return new RunningEddy([
      "run",
      inFolder("tank.yaml"),
      "--broker",
      url,
      "--data",
      inFolder(data),
      ...history,
    ]);
  };

  const send = (from: number, to: number) =>
    Promise.all(LIVE.slice(from, to).map((row) => sensor.publish("plant/tank/level", JSON.stringify(row))));

  /** What was published is what replay gives for the live rows, and nothing else. */
  function expectWarm(): void {
    const seen = listener.predictions;
    expect(seen.map(({ position }) => position)).toEqual(LIVE.map((_, i) => HISTORY + i + 1));
    const pick = (row: object) => {
      const { forecast, lower, upper, score } = row as Record<string, unknown>;
      return { forecast, lower, upper, score };
    };
    expect(seen.map(pick)).toEqual(replayed.slice(HISTORY).map(pick));
    expect(
      seen.every(({ model, lower, score }) => model === "gru-1" && lower !== null && score !== null),
    ).toBe(true);
  }

  it("forecasts and scores the first live event like replay of both does, and publishes no history", async () => {
    const running = run("warm");
    await running.says(/online/);
    await send(0, LIVE.length);
    await listener.hasSeen(LIVE.length);
    expect(await running.stop()).toMatchObject({ code: 0 });
    expectWarm();
    expect(listener.bodies("/alert")).toEqual([]);
  });

  it("goes on where it was killed within the history", async () => {
    const killed = run("killed");
    const position = () =>
      stored(inFolder("killed"), "tank", (reader) => reader.lastPosition()).catch(() => 0);
    await until(async () => (await position()) >= 1000, "some of the history is stored");
    await killed.kill();
    expect(await position()).toBeLessThan(HISTORY);

    const running = run("killed");
    await running.says(/online/);
    await send(0, LIVE.length);
    await listener.hasSeen(LIVE.length);
    expect(await running.stop()).toMatchObject({ code: 0 });
    expectWarm();
  });

  it("still publishes, when started again with it, what was committed and not yet published", async () => {
    const proxy = await startTcpProxy(broker.port);
    const cut = run("cut", proxy.url);
    await cut.says(/online/);
    await send(0, 50);
    await listener.hasSeen(50);
    // What Eddy takes from now on it can store, but not tell.
    proxy.holdUplink();
    await send(50, 60);
    const position = () => stored(inFolder("cut"), "tank", (reader) => reader.lastPosition());
    await until(async () => (await position()) >= HISTORY + 60, "all that was sent is stored");
    await cut.kill();
    await proxy.close();
    expect(listener.count).toBe(50);

    const running = run("cut");
    await running.says(/history left alone/);
    await send(60, LIVE.length);
    await until(() => listener.predictions.at(-1)?.position === ROWS.length, "the last prediction has come");
    expect(await running.stop()).toMatchObject({ code: 0 });
    expectWarm();
  });
});
