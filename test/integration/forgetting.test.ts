import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { describe, expect, it } from "vitest";
import { REQUESTS } from "../../src/core/index.js";
import { replayLog } from "../../src/runtime/replay-log.js";
import type { ReplayRow } from "../../src/runtime/replay-rows.js";
import { RunningEddy } from "../support/cli.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const NAME = "churned";
const PIPELINE = `
name: ${NAME}
input: { topics: ["plant/+"], time: ts, key: "{topic[1]}" }
sequence: { expire: 1m }
features: [v, { difference: v }]
target: v
model: { hidden: 4, cold-start: { events: 1000000, lead: 0 } }
anomaly: { warm-up: 3, detectors: [stuck, silence] }
store: { snapshot-every: 50 events, retention: { size: 256KiB } }
`;
const START = Date.UTC(2026, 0, 1);
const KEYS = 120;

describe.skipIf(lacksMosquitto)(`keys that come and go${mosquittoHint}`, () => {
  it("are forgotten, and all is as the log says, also when the process is killed at it", async () => {
    const folder = temporaryFolder();
    const [file, data] = [join(folder, "churned.yaml"), join(folder, "data")];
    writeFileSync(file, PIPELINE);
    const broker = await startMosquitto();
    const listener = await Listener.of(broker.url, NAME);
    const client = await connectAsync(broker.url, { protocolVersion: 5 });
    let n = 0;
    const send = async (key: string) => {
      const body = { ts: new Date(START + 1000 * n).toISOString(), v: Math.sin(n++) };
      await client.publishAsync(`plant/${key}`, JSON.stringify(body), { qos: 1 });
    };
    /** Keys that are never seen again, but for some that come back. */
    const wave = async (first: number) => {
      for (let i = 0; i < 4 * KEYS; i++) await send(`k${first + (i >> 2)}`);
      for (let i = 0; i < 10; i++) await send(`k${(first * 7 + 13 * i) % (first + KEYS)}`);
    };
    const forgotten = () =>
      stored(data, NAME, (reader) =>
        reader.logEntries(0).filter(({ slot, kind }) => slot === REQUESTS && kind === "forget"),
      );
    let running: RunningEddy | undefined;
    try {
      for (let life = 0; life < 2; life++) {
        running = new RunningEddy(["run", file, "--broker", broker.url, "--data", data]);
        await running.says(/online/);
        const before = (await forgotten()).at(-1)?.position ?? 0;
        for (let first = 3 * life * KEYS; ; first += KEYS) {
          if (first < 3 * (life + 1) * KEYS) await wave(first);
          // Some go on, so that what is old is known for it.
          else await send("clock");
          if (first >= 3 * (life + 1) * KEYS && ((await forgotten()).at(-1)?.position ?? 0) > before) break;
        }
        if (life < 1) await running.kill();
      }
      await until(
        () => listener.predictions.length >= n,
        () => `${n} predictions, ${listener.predictions.length} so far`,
      );
      await running?.stop();

      const ids = listener.predictions.map(({ id }) => id);
      expect(new Set(ids).size).toBe(n);
      const [keys, expected] = await stored(data, NAME, (reader) => [
        reader.keys().length,
        reader.outputs(0, 1e6).map(({ position, seq, prediction }) => ({ position, seq, prediction })),
      ]);
      expect(keys).toBeLessThan(6 * KEYS);
      const repeated: unknown[] = [];
      const rows: ReplayRow[] = [];
      await replayLog({
        data,
        name: NAME,
        trainer: inPlaceTrainer(),
        onRow: (row, { position, seq, prediction }) => {
          rows.push(row);
          repeated.push({ position, seq, prediction });
        },
      });
      expect(rows.length).toBeGreaterThan(0);
      expect(repeated).toEqual(expected.slice(-repeated.length));
    } finally {
      await running?.kill();
      await client.endAsync();
      await listener.close();
      await broker.stop();
    }
  }, 120_000);
});
