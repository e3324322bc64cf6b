import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const RECORDING = "nab/data/realKnownCause/machine_temperature_system_failure.csv";
/** Enough for a first network, its taking effect, and life after both. */
const ROWS = 3000;
const STOP_AT = 1700;

const PIPELINE = `
name: temperature
input: { topics: [plant/machine/temperature], time: timestamp, key: machine }
features: [value, { difference: value }, { calendar: hour-of-day }]
target: value
model: { hidden: 8, cold-start: { events: 800, lead: 200 } }
anomaly: { warm-up: 500 }
`;

interface Seen {
  readonly position: number;
  readonly forecast: number | null;
  readonly lower: number | null;
  readonly score: number | null;
  readonly alert: boolean;
  readonly model: string;
}

describe.skipIf(!sharedData || lacksMosquitto)(
  `the main job over Mosquitto${sharedDataHint}${mosquittoHint}`,
  () => {
    const folder = temporaryFolder();
    const pipeline = join(folder, "temperature.yaml");
    const input = join(folder, "input.csv");
    let broker: Mosquitto;
    let rows: { timestamp: string; value: number }[];

    beforeAll(async () => {
      broker = await startMosquitto();
      writeFileSync(pipeline, PIPELINE);
      const lines = readFileSync(join(sharedData ?? "", RECORDING), "utf8")
        .trim()
        .split("\n")
        .slice(0, ROWS + 1);
      writeFileSync(input, `${lines.join("\n")}\n`);
      rows = lines.slice(1).map((line) => {
        const [timestamp = "", value = ""] = line.split(",");
        return { timestamp, value: Number(value) };
      });
    });
    afterAll(() => broker?.stop());

    /** Sends rows in order and collects predictions by position until the last has come. */
    async function stream(
      data: string,
      restart: (running: RunningEddy) => Promise<RunningEddy>,
    ): Promise<Seen[]> {
      const seen = new Map<number, Seen>();
      const sensor = await connectClient({ url: broker.url });
      const listener = await connectClient({ url: broker.url });
      await listener.subscribe("eddy/temperature/machine/prediction", (_topic, payload) => {
        const prediction = JSON.parse(Buffer.from(payload).toString()) as Seen;
        seen.set(prediction.position, prediction);
      });
      const start = () =>
        new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", join(folder, data)]);
      let running = start();
      await running.says(/online/);
      const send = (from: number, to: number) =>
        Promise.all(
          rows
            .slice(from, to)
            .map((row) => sensor.publish("plant/machine/temperature", JSON.stringify(row), { qos: 1 })),
        );
      await send(0, STOP_AT);
      const again = await restart(running);
      if (again !== running) running = again;
      await send(STOP_AT, rows.length);
      await until(() => seen.size >= rows.length, `${rows.length} predictions have come, not ${seen.size}`);
      const { code } = await running.stop();
      expect(code).toBe(0);
      await sensor.close();
      await listener.close();
      return [...seen.values()].sort((a, b) => a.position - b.position);
    }

    const pick = ({ forecast, lower, score, alert }: Seen) => ({
      forecast,
      lower,
      score,
      alert: alert ? 1 : 0,
    });

    it("predicts after a stop or a kill -9 in the middle as without, and as eddy replay does", async () => {
      const whole = await stream("whole", async (running) => running);
      const start = (data: string) =>
        new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", join(folder, data)]);
      const stopped = await stream("stopped", async (running) => {
        await running.stop();
        return start("stopped");
      });
      const killed = await stream("killed", async (running) => {
        await running.kill();
        return start("killed");
      });
      expect(whole.some(({ model }) => model === "gru-1")).toBe(true);
      expect(stopped.map(pick)).toEqual(whole.map(pick));
      expect(killed.map(pick)).toEqual(whole.map(pick));

      const output = join(folder, "replayed.ndjson");
      expect(await eddy("replay", pipeline, "--input", input, "--output", output)).toMatchObject({ code: 0 });
      const replayed = readFileSync(output, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(
        replayed.map(({ forecast, lower, score, alert }) => ({ forecast, lower, score, alert })),
      ).toEqual(whole.map(pick));
    });
  },
);
