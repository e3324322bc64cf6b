import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng, sin } from "../../src/core/index.js";
import { connectClient } from "../../src/mqtt/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

/** At least; more until a better network has come, however slow this machine learns. */
const ROWS = 4000;
const MOST_ROWS = 40_000;
/** The rhythm changes here: the first network is wrong from now on. */
const CHANGE = 1200;
const KILL_AT = 2600;

const PIPELINE = `
name: rhythm
input: { topics: [plant/machine], time: ts, key: machine }
features: [v, { difference: v }]
model: { hidden: 8, members: 1, cold-start: { events: 700, lead: 100 } }
learn: { every: 400 events, budget: 100% }
store: { snapshot-every: 1000 events }
`;

interface Seen {
  readonly position: number;
  readonly forecast: number | null;
  readonly score: number | null;
  readonly model: string;
}

describe.skipIf(lacksMosquitto)(`learning while running${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "rhythm.yaml");
  const data = join(folder, "data");
  let broker: Mosquitto;

  beforeAll(async () => {
    broker = await startMosquitto();
    writeFileSync(pipeline, PIPELINE);
  });
  afterAll(() => broker?.stop());

  const rng = new Rng(3);
  let phase = 0;
  const rows = Array.from({ length: MOST_ROWS }, (_, t) => {
    phase += 6.283185307179586 / (t < CHANGE ? 24 : 13);
    const ts = new Date(Date.UTC(2026, 0, 1) + 60_000 * t).toISOString();
    return { ts, v: sin(phase) + 0.05 * rng.normal() };
  });

  it("takes a better network into service; after a kill -9 the log repeats all that was published", async () => {
    const seen = new Map<number, Seen>();
    const sensor = await connectClient({ url: broker.url });
    const listener = await connectClient({ url: broker.url });
    await listener.subscribe("eddy/rhythm/machine/prediction", (_topic, payload) => {
      const prediction = JSON.parse(Buffer.from(payload).toString()) as Seen;
      seen.set(prediction.position, prediction);
    });
    const start = () => new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data]);
    // A few at a time: learning goes on beside the stream, and has to get somewhere before it ends.
    const send = async (from: number, to: number) => {
      for (let at = from; at < to; at += 20) {
        const few = rows.slice(at, Math.min(at + 20, to));
        await Promise.all(few.map((row) => sensor.publish("plant/machine", JSON.stringify(row), { qos: 1 })));
        await until(() => seen.size >= Math.min(at + 20, to) - 200, "the predictions keep up");
      }
    };
    const killed = start();
    await killed.says(/online/);
    await send(0, KILL_AT);
    await killed.kill();
    const running = start();
    await running.says(/online/);
    const models = () => new Set([...seen.values()].map(({ model }) => model));
    let sent = KILL_AT;
    while (sent < ROWS || (models().size < 3 && sent < MOST_ROWS)) {
      await send(sent, sent + 200);
      sent += 200;
    }
    await until(() => seen.size >= sent, `${sent} predictions have come, not ${seen.size}`);
    expect(await running.stop()).toMatchObject({ code: 0 });
    await sensor.close();
    await listener.close();

    const published = [...seen.values()].sort((a, b) => a.position - b.position);
    // The naive forecast, a first network, and a better one.
    expect(models().size).toBeGreaterThanOrEqual(3);
    const repeat = async (name: string) => {
      const output = join(folder, name);
      expect(await eddy("replay", "--data", data, "--output", output)).toMatchObject({ code: 0 });
      return readFileSync(output, "utf8");
    };
    const first = await repeat("first.ndjson");
    expect(await repeat("second.ndjson")).toBe(first);
    const repeated = first
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Seen);
    const pick = ({ position, forecast, score }: Seen) => ({ position, forecast, score });
    expect(repeated.map(pick)).toEqual(published.slice(-repeated.length).map(pick));
  });
});
