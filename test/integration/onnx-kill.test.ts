import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { machineTemperature } from "../support/recordings.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { slotBytes, stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const ROWS = 900;
/** The sensor is this far ahead of the predictions seen: there is always work under way. */
const AHEAD = 200;
const MACHINES = ["press", "lathe"];

const MODEL = join(sharedData ?? "", "torch-models/gru_state_io.onnx");
const PIPELINE = `
name: fixed
input: { topics: [plant/+/temperature], time: timestamp, key: "{topic[1]}" }
features: [value, { difference: value }, { calendar: hour-of-day }]
target: value
model: { file: "\${MODEL}", output: scaled }
anomaly: { warm-up: 100 }
store: { snapshot-every: 250 }
`;

describe.skipIf(!sharedData || lacksMosquitto)(
  `an ONNX model under kill -9${sharedDataHint}${mosquittoHint}`,
  () => {
    const folder = temporaryFolder();
    const pipeline = join(folder, "fixed.yaml");
    beforeAll(() => writeFileSync(pipeline, PIPELINE));

    /** Streams all rows, the machines in turn; ends Eddy with SIGKILL at each of the predictions `killAt`. */
    async function stream(data: string, killAt: readonly number[]) {
      const broker = await startMosquitto();
      const sensor = await connectClient({ url: broker.url });
      const listener = await Listener.of(broker.url, "fixed");
      const start = () =>
        new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data], { MODEL });
      try {
        let running = start();
        await running.says(/online/);
        let sent = 0;
        const sending = (async () => {
          for (const [i, row] of machineTemperature(ROWS).entries()) {
            if (i % 50 === 0)
              await until(() => listener.count > i - AHEAD, `prediction ${i - AHEAD} has come`);
            const machine = MACHINES[i % MACHINES.length];
            await sensor.publish(`plant/${machine}/temperature`, JSON.stringify(row));
            sent++;
          }
        })();
        for (const count of killAt) {
          await listener.hasSeen(count);
          await running.kill();
          expect(sent).toBeLessThan(ROWS);
          expect(await stored(data, "fixed", (reader) => reader.lastPosition())).toBeLessThan(ROWS);
          running = start();
        }
        if (killAt.length > 0) {
          // And once more, as soon as it has its state back.
          await running.says(/goes on after event/);
          await running.kill();
          running = start();
        }
        await sending;
        await listener.hasSeen(ROWS);
        expect((await running.stop()).code).toBe(0);
        return {
          predictions: listener.predictionTexts,
          hidden: await slotBytes(data, "fixed", "hidden"),
          counts: await stored(data, "fixed", (reader) => reader.counts()),
        };
      } finally {
        await sensor.close();
        await listener.close();
        await broker.dispose();
      }
    }

    it("gives the predictions and hidden states of an uninterrupted run, every event stepped once", async () => {
      const whole = await stream(join(folder, "whole"), []);
      const killed = await stream(join(folder, "killed"), [100, 350, 600]);

      expect(killed.predictions).toEqual(whole.predictions);
      expect(killed.hidden).toEqual(whole.hidden);
      expect(killed.counts).toEqual(whole.counts);

      expect(whole.counts).toMatchObject({ events: ROWS, outputs: ROWS, noted: 0, deadLetters: 0 });
      expect(Object.keys(whole.hidden)).toEqual([
        "position",
        ...MACHINES.map((machine) => `key ${machine}`).sort(),
      ]);
      expect(whole.hidden["position"]).toBe(ROWS);
      const predictions = whole.predictions.map((text) => JSON.parse(text));
      expect(predictions.map(({ position }) => position)).toEqual(
        Array.from({ length: ROWS }, (_, i) => i + 1),
      );
      expect(predictions.every(({ model }) => model === "gru_state_io")).toBe(true);
      expect(
        predictions.slice(2).every(({ forecast, value }) => forecast !== null && forecast !== value),
      ).toBe(true);
    });
  },
);
