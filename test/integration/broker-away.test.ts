import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, connectClient } from "../../src/mqtt/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import {
  freePort,
  lacksMosquitto,
  type Mosquitto,
  mosquittoHint,
  startMosquitto,
} from "../support/mosquitto.js";
import { csv, wave } from "../support/recordings.js";
import { retained } from "../support/retained.js";
import { stored } from "../support/stored.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: tank
input: { topics: [plant/level], time: timestamp, key: "{key}" }
features: [value, { difference: value }]
target: value
model: { hidden: 4, cold-start: { events: 150, lead: 50 } }
anomaly: { warm-up: 100, alerts-per-day: 5 }
`;

const STATUS = "eddy/tank/status";
/** Every character that a topic cannot hold as it is, and some that it can. */
const NASTY = "hall 1/pümp+#2 $5%";
const ENCODED = "hall 1%2Fpümp%2B%232 %245%25";

const ROWS = wave(800, { 300: 9, 301: 9, 460: -9, 500: 9, 501: 9, 700: 9 }).map((row, i) => ({
  ...row,
  key: i % 4 === 0 ? NASTY : "plain",
}));
const CUT_AT = 400;

describe.skipIf(lacksMosquitto)(`eddy run while the broker comes and goes${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const inFolder = (name: string) => join(folder, name);
  let broker: Mosquitto;
  let proxy: TcpProxy;
  let port: number;
  beforeAll(async () => {
    writeFileSync(inFolder("tank.yaml"), PIPELINE);
    writeFileSync(inFolder("all.csv"), csv(ROWS));
    port = await freePort();
    proxy = await startTcpProxy(port);
  });
  afterAll(async () => {
    await proxy?.close();
    await broker?.dispose();
  });

  const run = () =>
    new RunningEddy(["run", inFolder("tank.yaml"), "--broker", proxy.url, "--data", inFolder("data")]);

  const send = async (sensor: Client, from: number, to: number): Promise<void> => {
    const payloads = ROWS.slice(from, to).map((row) => JSON.stringify(row));
    await Promise.all(payloads.map((payload) => sensor.publish("plant/level", payload)));
  };

  const state = async (): Promise<unknown> => {
    const status = (await retained(broker.url, STATUS)).get(STATUS);
    return status === undefined ? undefined : JSON.parse(status).state;
  };

  it("waits for it, loses nothing and doubles nothing, and its will speaks for it", async () => {
    const running = run();
    await running.says(/offline/);
    broker = await startMosquitto({ port, persistence: true });
    const listener = await Listener.of(broker.url, "tank");
    await running.says(/online/);
    await until(() => listener.bodies("/status").length > 0, "the birth has come");

    let sensor = await connectClient({ url: broker.url });
    await send(sensor, 0, CUT_AT);
    await listener.hasSeen(CUT_AT);
    expect(await state()).toBe("online");

    // What Eddy takes from now on it stores; neither acknowledgements nor predictions get to the broker.
    proxy.holdUplink();
    await send(sensor, CUT_AT, ROWS.length);
    const position = () => stored(inFolder("data"), "tank", (reader) => reader.lastPosition());
    await until(async () => (await position()) > CUT_AT, "some of it is stored");
    await sensor.close();
    await broker.restart();
    proxy.release();
    await listener.hasSeen(ROWS.length);

    sensor = await connectClient({ url: broker.url });
    await running.kill();
    await until(
      () => listener.bodies<{ state: string }>("/status").at(-1)?.state === "offline",
      "the will has come",
    );
    expect(await state()).toBe("offline");

    const again = run();
    await again.says(/online/);
    await until(
      () => listener.bodies<{ state: string }>("/status").at(-1)?.state === "online",
      "it is online again",
    );
    expect(await state()).toBe("online");
    expect(await again.stop()).toMatchObject({ code: 0 });
    expect(await state()).toBe("offline");
    await sensor.close();
    await listener.close();

    // Every event once, with the outcome of a stream without any trouble.
    const output = inFolder("all.ndjson");
    await eddy("replay", inFolder("tank.yaml"), "--input", inFolder("all.csv"), "--output", output);
    const lines = readFileSync(output, "utf8").trimEnd().split("\n");
    const replayed = lines.map((line) => JSON.parse(line));
    const pick = ({ key, forecast, lower, upper, score }: Record<string, unknown>) => {
      return { key, forecast, lower, upper, score };
    };
    const { predictions } = listener;
    expect(predictions.map(({ position }) => position)).toEqual(ROWS.map((_, i) => i + 1));
    expect(predictions.map((seen) => pick({ ...seen }))).toEqual(replayed.map(pick));
    const counts = await stored(inFolder("data"), "tank", (reader) => reader.counts());
    expect(counts).toMatchObject({ events: ROWS.length, outputs: ROWS.length, noted: 0, deadLetters: 0 });

    // Alerts: each change at least once, and all that replay knows of.
    const changes = replayed.flatMap(({ key, event }) => (event === null ? [] : [`${key} ${event}`]));
    const alerts = new Map(
      listener
        .bodies<{ id: string; key: string; state: string }>("/alert")
        .map(({ id, key, state }) => [id, `${key} ${state}`]),
    );
    expect([...alerts.values()].sort()).toEqual(changes.sort());
    expect(changes.filter((change) => change.endsWith("raised")).length).toBeGreaterThan(1);
  });

  it("encodes keys in topics, and names every prediction and alert by its eddy-id", async () => {
    const listener = await Listener.of(broker.url, "tank");
    const sensor = await connectClient({ url: broker.url });
    const running = run();
    await running.says(/online/);
    // The key's last alert is not long ago: the next one fires a quarter of a warm-up after it at the earliest.
    const values = [20, 20, 20, 20, 20, 1000];
    for (const value of values) {
      await sensor.publish("plant/level", JSON.stringify({ ...ROWS[0], value }));
    }
    await listener.hasSeen(values.length);
    await until(() => listener.bodies("/alert").length > 0, "an alert has come");
    await running.stop();
    await sensor.close();
    await listener.close();

    const predictions = listener.messages.filter(({ topic }) => topic.endsWith("/prediction"));
    expect(predictions.map(({ topic }) => topic)).toEqual(
      values.map(() => `eddy/tank/${ENCODED}/prediction`),
    );
    expect(decodeURIComponent(ENCODED)).toBe(NASTY);
    expect(predictions.map(({ eddyId }) => eddyId)).toEqual(
      values.map((_, i) => 201 + i).map((seq) => `tank/${NASTY}/${seq}/prediction`),
    );
    expect(predictions.map(({ text }) => JSON.parse(text).id)).toEqual(
      predictions.map(({ eddyId }) => eddyId),
    );
    expect(predictions[0]).toMatchObject({ contentType: "application/json", expirySeconds: 3600 });
    const [alert] = listener.messages.filter(({ topic }) => topic === `eddy/tank/${ENCODED}/alert`);
    expect(alert).toMatchObject({
      eddyId: expect.stringMatching(/^tank\/hall 1\/pümp\+#2 \$5%\/20\d\/alert\/raised$/),
      contentType: "application/json",
    });
  });
});
