import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: quiet
input: { topics: [plant/+], time: ts, key: "{topic[1]}" }
target: v
anomaly: { detectors: [silence, stuck], silence: 500ms, hold: 2 }
`;

interface AlertBody {
  readonly id: string;
  readonly key: string;
  readonly state: string;
  readonly since: string;
  readonly why: string;
  readonly seq: number;
}

describe.skipIf(lacksMosquitto)(`a key that says nothing${mosquittoHint}`, () => {
  it("raises an alert without an event of its own, which its next events clear, and which the log repeats", async () => {
    const folder = temporaryFolder();
    const pipeline = join(folder, "quiet.yaml");
    writeFileSync(pipeline, PIPELINE);
    const data = join(folder, "data");
    const broker = await startMosquitto();
    const sensor = await connectClient({ url: broker.url });
    const listener = await Listener.of(broker.url, "quiet");
    const running = new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data]);
    let sent = 0;
    const send = async (count: number) => {
      const payloads = Array.from({ length: count }, () => {
        const ts = new Date(Date.UTC(2026, 0, 1) + 100 * sent++).toISOString();
        return JSON.stringify({ ts, v: Math.sin(sent) });
      });
      await Promise.all(payloads.map((payload) => sensor.publish("plant/pump", payload)));
      await listener.hasSeen(sent);
    };
    const alerts = () => listener.bodies<AlertBody>("/alert");
    try {
      await running.says(
        /watched by silence, stuck \(as the pipeline says\); about \d+ kB a key, \d+ (kB|MB) for 100/,
      );
      await running.says(/online/);
      await send(3);
      await until(() => alerts().length > 0, "the silence is told of");
      expect(alerts()).toEqual([
        expect.objectContaining({ id: "quiet/pump/3/alert/raised", key: "pump", state: "raised", seq: 3 }),
      ]);
      expect(alerts()[0]?.why).toMatch(/^nothing came for .*, at most 500 ms is allowed/);
      await send(4);
      await until(() => alerts().some(({ state }) => state === "cleared"), "the alert is cleared");
      expect(alerts().at(-1)).toMatchObject({ state: "cleared", since: alerts()[0]?.since });
      expect(await running.stop()).toMatchObject({ code: 0 });
    } finally {
      await sensor.close();
      await listener.close();
      await broker.dispose();
    }

    const rows = await stored(data, "quiet", (reader) => ({
      states: reader.lastAlerts(10).map(({ change }) => change.state),
      flags: reader.lastOutputs("pump", 10).map(({ prediction }) => prediction.alert),
    }));
    expect(rows.states.slice(0, 2)).toEqual(["raised", "cleared"]);
    const output = join(folder, "again.ndjson");
    expect(await eddy("replay", "--data", data, "--output", output)).toMatchObject({ code: 0 });
    const again = readFileSync(output, "utf8").trim().split("\n");
    expect(again.map((line) => JSON.parse(line).alert === 1)).toEqual(rows.flags);
    expect(rows.flags).toContain(true);
  });
});
