import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { wave } from "../support/recordings.js";
import { retained } from "../support/retained.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: tank
input: { topics: [plant/level], time: timestamp, key: north }
features: [value, { difference: value }]
target: value
model: { hidden: 4, cold-start: { events: 100, lead: 20 } }
anomaly: { warm-up: 200, alerts-per-day: 1, hold: 3 }
`;

const TOPIC = "eddy/tank/north/alert";
/** Where the value jumps, for three rows. */
const SPIKE = 300;
const ROWS = wave(340, { [SPIKE]: 30, [SPIKE + 1]: 60, [SPIKE + 2]: 30 });

interface AlertBody {
  readonly id: string;
  readonly state: string;
  readonly since: string;
  readonly time: string;
  readonly score: number;
  readonly value: number;
  readonly forecast: number;
  readonly why: string;
  readonly seq: number;
}

describe.skipIf(lacksMosquitto)(`alerts over Mosquitto${mosquittoHint}`, () => {
  const folder = temporaryFolder();

  /** A spike; Eddy ends while the alert is open, as `end` says, and is started again. */
  async function spike(name: string, end: (running: RunningEddy) => Promise<unknown>) {
    const pipeline = join(folder, "tank.yaml");
    writeFileSync(pipeline, PIPELINE);
    const broker = await startMosquitto();
    const sensor = await connectClient({ url: broker.url });
    const listener = await Listener.of(broker.url, "tank");
    const data = join(folder, name);
    const start = () => new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data]);
    const send = async (from: number, to: number) => {
      const payloads = ROWS.slice(from, to).map((row) => JSON.stringify(row));
      await Promise.all(payloads.map((payload) => sensor.publish("plant/level", payload)));
      await listener.hasSeen(to);
    };
    const open = async () => {
      const text = (await retained(broker.url, TOPIC)).get(TOPIC);
      return text === undefined ? undefined : (JSON.parse(text) as AlertBody);
    };
    const raw = () => listener.messages.filter(({ topic }) => topic === TOPIC).map(({ text }) => text);
    try {
      let running = start();
      await running.says(/online/);
      await send(0, SPIKE);
      const before = { heard: raw(), open: await open() };

      await send(SPIKE, SPIKE + 1);
      await until(() => raw().length > 0, "the alert has come");
      const raised = { heard: listener.bodies<AlertBody>("/alert"), open: await open() };

      await end(running);
      running = start();
      await running.says(/online/);
      await send(SPIKE + 1, SPIKE + 2);
      const restarted = { heard: listener.bodies<AlertBody>("/alert"), open: await open() };

      await send(SPIKE + 2, ROWS.length);
      await until(() => raw().at(-1) === "", "the retained alert has been removed");
      const cleared = { heard: listener.bodies<AlertBody>("/alert"), open: await open() };
      expect(await running.stop()).toMatchObject({ code: 0 });
      return { before, raised, restarted, cleared, flags: listener.predictions.map(({ alert }) => alert) };
    } finally {
      await sensor.close();
      await listener.close();
      await broker.dispose();
    }
  }

  it.each([
    ["a stop", (running: RunningEddy) => running.stop()],
    ["a kill -9", (running: RunningEddy) => running.kill()],
  ])(
    "are retained while open, outlast %s without being raised again, and are gone once cleared",
    async (name, end) => {
      const { before, raised, restarted, cleared, flags } = await spike(name, end);
      expect(before).toEqual({ heard: [], open: undefined });

      expect(raised.heard).toHaveLength(1);
      expect(raised.heard[0]).toEqual(raised.open);
      const { timestamp, value } = ROWS[SPIKE] ?? { timestamp: "", value: 0 };
      expect(raised.open).toMatchObject({
        id: `tank/north/${SPIKE + 1}/alert/raised`,
        state: "raised",
        since: timestamp,
        time: timestamp,
        value,
        seq: SPIKE + 1,
      });
      expect(raised.open?.score).toBeGreaterThanOrEqual(0.5);
      expect(raised.open?.why).toMatch(/^value .*expected .* to /);

      // At least once: a repeat has the same id; none was raised anew.
      const raisedIds = (bodies: readonly AlertBody[]) =>
        new Set(bodies.filter(({ state }) => state === "raised").map(({ id }) => id));
      expect(raisedIds(restarted.heard).size).toBe(1);
      expect(restarted.open?.since).toBe(timestamp);
      expect(raisedIds(cleared.heard).size).toBe(1);

      const last = cleared.heard.at(-1);
      expect(last).toMatchObject({ state: "cleared", since: timestamp });
      expect(cleared.open).toBeUndefined();
      expect(cleared.heard.filter(({ state }) => state === "cleared")).toHaveLength(1);

      // Predictions say the same: open from the spike to the event that cleared it.
      const openFrom = flags.indexOf(true);
      expect(openFrom).toBe(SPIKE);
      expect(flags.lastIndexOf(true)).toBe((last?.seq ?? 0) - 2);
      expect(flags.slice(openFrom, flags.lastIndexOf(true)).every((flag) => flag)).toBe(true);
    },
  );
});
