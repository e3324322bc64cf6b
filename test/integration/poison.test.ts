import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import { fragileModel } from "../support/fragile-model.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { slotBytes, stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: fragile
input: { topics: [plant/+/level], time: ts, key: "{topic[1]}" }
features: [{ field: v, scale: none }]
target: v
model: { file: "\${MODEL}", output: value }
anomaly: { warm-up: 50 }
`;

const ROWS = 400;
const MACHINES = ["press", "lathe"];
/** Rows at whose value the model fails. */
const POISON = [0, 30, 31, 160, 333];
const GOOD = ROWS - POISON.length;
/** So many in a row, later. */
const STORM = 60;
const CALM = 200;

interface Row {
  readonly machine: string;
  readonly ts: string;
  readonly v: number;
}

function row(i: number, isPoison = POISON.includes(i)): Row {
  const ts = new Date(Date.UTC(2026, 0, 1) + 60_000 * i).toISOString();
  return { machine: MACHINES[i % 2]!, ts, v: isPoison ? 1000 : 20 + ((i * 7) % 13) };
}

describe.skipIf(lacksMosquitto)(`a message at which a stage fails${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "fragile.yaml");
  const MODEL = join(folder, "fragile.onnx");
  beforeAll(() => {
    writeFileSync(pipeline, PIPELINE);
    writeFileSync(MODEL, fragileModel());
  });

  /** Streams all rows; ends Eddy with SIGKILL when so many predictions have come, if it is to. */
  async function stream(data: string, killAt?: number) {
    const broker = await startMosquitto();
    const sensor = await connectClient({ url: broker.url });
    const listener = await Listener.of(broker.url, "fragile");
    const start = () => new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data], { MODEL });
    const send = ({ machine, ...reading }: Row) =>
      sensor.publish(`plant/${machine}/level`, JSON.stringify(reading));
    try {
      let running = start();
      await running.says(/online/);
      for (let i = 0; i < ROWS; i++) {
        await send(row(i));
        if (i !== killAt) continue;
        await listener.hasSeen(killAt / 2);
        await running.kill();
        running = start();
      }
      await listener.hasSeen(GOOD);
      const statuses = () => listener.bodies<{ state: string; why: string }>("/status");
      const isDegraded = () => statuses().at(-1)?.state === "degraded";
      for (let i = ROWS; i < ROWS + STORM; i++) await send(row(i, true));
      await until(isDegraded, "the status is degraded");
      const { why } = statuses().at(-1)!;
      for (let i = ROWS + STORM; i < ROWS + STORM + CALM; i++) await send(row(i));
      await listener.hasSeen(GOOD + CALM);
      await until(() => !isDegraded(), "the status is no longer degraded");
      expect((await running.stop()).code).toBe(0);
      return {
        why,
        said: running.stderr,
        predictions: listener.predictionTexts,
        hidden: await slotBytes(data, "fragile", "hidden"),
        detection: await slotBytes(data, "fragile", "detection"),
        counts: await stored(data, "fragile", (reader) => reader.counts()),
      };
    } finally {
      await sensor.close();
      await listener.close();
      await broker.dispose();
    }
  }

  it("is left out with a note, blocks nothing, and is left out again after kill -9 and in every replay", async () => {
    const whole = await stream(join(folder, "whole"));
    const killed = await stream(join(folder, "killed"), 200);

    const ALL = ROWS + STORM + CALM;
    expect(whole.counts).toMatchObject({
      ...{ events: ALL, outputs: GOOD + CALM, noted: POISON.length + STORM, deadLetters: 0 },
    });
    expect(whole.said).toMatch(
      /fragile: a fault of Eddy's own, the event was left out: cells failed at event 1, key "press": Error: Cannot step ONNX model .* indices element out of data bounds, idx=1000/,
    );
    expect(whole.why).toMatch(/^cells fails at most events: key "(press|lathe)": /);

    expect(killed.predictions).toEqual(whole.predictions);
    expect(killed.hidden).toEqual(whole.hidden);
    expect(killed.detection).toEqual(whole.detection);
    expect(killed.counts).toEqual(whole.counts);

    // The log, and a bare file of the same rows.
    const input = join(folder, "rows.csv");
    const rows = Array.from({ length: ALL }, (_, i) => row(i, i < ROWS ? undefined : i < ROWS + STORM));
    const csv = rows.map(({ machine, ts, v }) => `plant/${machine}/level,${ts},${v}`);
    writeFileSync(input, ["topic,ts,v", ...csv, ""].join("\n"));
    const notes: unknown[] = [];
    for (const args of [
      ["--data", join(folder, "killed")],
      [pipeline, "--input", input],
    ]) {
      const output = join(folder, "output.ndjson");
      const replayed = await new RunningEddy(["replay", ...args, "--output", output], { MODEL }).finished();
      expect(replayed).toMatchObject({ code: 0 });
      expect(replayed.stderr).toContain(
        `${POISON.length + STORM} rows were left out by a fault of Eddy's own`,
      );
      const lines = readFileSync(output, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.map(({ note }) => note)).toEqual(rows.map(({ v }) => (v === 1000 ? "fault" : null)));
      const forecasts = lines.filter(({ note }) => note === null).map(({ forecast }) => forecast);
      expect(forecasts).toEqual(whole.predictions.map((text) => JSON.parse(text).forecast));
      notes.push(forecasts);
    }
    expect(notes[0]).toEqual(notes[1]);
  });
});
