import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { csv, machineTemperature, machineTemperatureFile, wave } from "../support/recordings.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { temporaryFolder } from "../support/temporary.js";

/** `late: drop` and a short cold start; the key is what the payload calls machine. */
const PIPELINE = `
name: temperature
input: { topics: [plant/machine/temperature], time: timestamp, key: "{machine}" }
sequence: { late: drop }
features: [value, { difference: value }, { calendar: hour-of-day }]
target: value
model: { hidden: 8, members: 1, cold-start: { events: 300, lead: 50 } }
anomaly: { warm-up: 200, alerts-per-day: 5 }
`;

const COLUMNS = ["forecast", "lower", "upper", "residual", "score", "alert", "event", "note"];

/** Rows of a CSV file without quotes. */
function readCsv(file: string): Record<string, string>[] {
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = header.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    expect(cells).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

function readNdjson(file: string): Record<string, unknown>[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("eddy replay", () => {
  const folder = temporaryFolder();
  const inFolder = (name: string) => join(folder, name);
  const pipeline = inFolder("temperature.yaml");
  beforeAll(() => writeFileSync(pipeline, PIPELINE));

  /** Replays rows given as text; the output's file. */
  async function replay(name: string, input: string, output: string): Promise<string> {
    writeFileSync(inFolder(name), input);
    const finished = await eddy("replay", pipeline, "--input", inFolder(name), "--output", inFolder(output));
    expect(finished).toMatchObject({ code: 0 });
    return inFolder(output);
  }

  describe.skipIf(!sharedData)(`over the machine's temperature${sharedDataHint}`, () => {
    it("gives one row for each of 22,695, times as they were, the same bytes each time", async () => {
      const outputs = ["once.csv", "twice.csv"].map(inFolder);
      const readyMade = "pipelines/machine-temperature.yaml";
      await Promise.all(
        outputs.map(async (output) => {
          const finished = await eddy(
            "replay",
            readyMade,
            "--input",
            machineTemperatureFile,
            "--output",
            output,
          );
          expect(finished).toMatchObject({ code: 0 });
        }),
      );
      const [once = "", twice = ""] = outputs;
      expect(readFileSync(once).equals(readFileSync(twice))).toBe(true);

      const rows = readCsv(once);
      expect(Object.keys(rows[0] ?? {})).toEqual(["timestamp", ...COLUMNS]);
      expect(rows).toHaveLength(22_695);
      expect(rows.map(({ timestamp }) => timestamp)).toEqual(
        machineTemperature().map(({ timestamp }) => timestamp),
      );
      const scores = rows.map(({ score }) => score).filter((score) => score !== "");
      expect(scores).toHaveLength(rows.length - 750);
      expect(scores.map(Number).every((score) => score >= 0 && score <= 1)).toBe(true);
    });

    it("takes a column key in place of the template and gives NDJSON the same numbers as CSV", async () => {
      const rows = machineTemperature(800).map((row, i) => ({
        ...row,
        key: i % 2 === 0 ? "press" : "lathe",
      }));
      const asCsv = readCsv(await replay("keyed.csv", csv(rows), "keyed-out.csv"));
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      const asNdjson = readNdjson(await replay("keyed.ndjson", text, "keyed-out.ndjson"));

      expect(asCsv.map(({ timestamp, key }) => ({ timestamp, key }))).toEqual(
        rows.map(({ timestamp, key }) => ({ timestamp, key })),
      );
      const asText = (row: Record<string, unknown>) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? "")]));
      expect(asNdjson.map(asText)).toEqual(asCsv);
      // Each key begins with a row that nothing was known of.
      expect(asCsv.map(({ forecast }) => forecast === "").slice(0, 4)).toEqual([true, true, false, false]);
    });
  });

  describe.skipIf(lacksMosquitto)(`of a data directory${mosquittoHint}`, () => {
    it("repeats what the live run published, its cold start included", async () => {
      const broker = await startMosquitto();
      const sensor = await connectClient({ url: broker.url });
      const listener = await Listener.of(broker.url, "temperature");
      // Half of the day a motor runs: a network learns when, a straight line can't say it.
      const rows = wave(1000, { 700: 8, 701: 8, 900: -8 }).map((row, i) => ({
        ...row,
        value: row.value + (i % 48 < 24 ? 6 : 0),
        machine: "press",
      }));
      const data = inFolder("live");
      const start = () => new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data]);
      try {
        let running = start();
        await running.says(/online/);
        const send = (part: typeof rows) =>
          Promise.all(part.map((row) => sensor.publish("plant/machine/temperature", JSON.stringify(row))));
        await send(rows.slice(0, 320));
        await listener.hasSeen(320);
        // Stopped between the training's start and its effect.
        await running.stop();
        running = start();
        await send(rows.slice(320));
        await listener.hasSeen(rows.length);
        await running.stop();
      } finally {
        await sensor.close();
        await listener.close();
        await broker.dispose();
      }

      const output = inFolder("again.ndjson");
      expect(await eddy("replay", "--data", data, "--output", output)).toMatchObject({ code: 0 });
      const again = readNdjson(output);
      const published = listener.predictions;
      const pick = (row: object) => {
        const { position, key, forecast, lower, upper, score } = row as Record<string, unknown>;
        return { position, key, forecast, lower, upper, score };
      };
      expect(again.map(pick)).toEqual(published.map(pick));
      expect(again.map(({ alert }) => alert === 1)).toEqual(published.map(({ alert }) => alert));
      expect(published.some(({ model }) => model === "gru-1")).toBe(true);

      const alerts = listener.bodies<{ state: string; seq: number }>("/alert");
      const changes = again.filter(({ event }) => event !== null);
      expect(changes.map(({ event, position }) => [event, position])).toEqual(
        alerts.map(({ state, seq }) => [state, seq]),
      );
      expect(alerts.map(({ state }) => state)).toContain("raised");
    });
  });

  it("keeps rows that cannot be stepped, with a note that says why", async () => {
    const lines = [
      "timestamp,machine,value",
      "2024-05-01 00:00:00,press,1.5",
      "2024-05-01 00:05:00,press,NaN",
      "2024-05-01 00:10:00,press,",
      "2024-05-01 00:15:00,press,high",
      "2024-04-30 23:00:00,press,1.6",
      "noon,press,1.7",
      "2024-05-01 00:20:00,,1.8",
      "2024-05-01 00:25:00,press",
      "2024-05-01 00:30:00,press,1.9",
    ];
    const rows = readCsv(await replay("spoilt.csv", `${lines.join("\n")}\n`, "spoilt-out.csv"));
    expect(rows.map(({ note }) => note)).toEqual([
      "",
      "not-a-number",
      "missing-field",
      "wrong-type",
      "late",
      "bad-time",
      "no-key",
      "unreadable",
      "",
    ]);
    expect(rows.map(({ timestamp }) => timestamp)).toEqual(lines.slice(1).map((line) => line.split(",")[0]));
    // The last row's forecast is the first's value: nothing in between was stepped.
    expect(rows.at(-1)).toMatchObject({ forecast: "1.5", machine: "press" });
  });

  it("ends quietly when nobody reads its output any more", async () => {
    const input = inFolder("long.csv");
    writeFileSync(input, csv(wave(20_000).map((row) => ({ ...row, machine: "press" }))));
    const running = new RunningEddy(["replay", pipeline, "--input", input]);
    await once(running.process.stdout ?? running.process, "data");
    running.process.stdout?.destroy();
    expect(await running.finished()).toMatchObject({ code: 0, stderr: "" });
  });

  it("ends with exit code 2 on wrong use, with 1 on what is not there, and says what is wrong", async () => {
    const input = inFolder("short.csv");
    writeFileSync(input, csv([{ timestamp: "2024-05-01 00:00:00", machine: "press", value: 1 }]));
    const wrong = await Promise.all([
      eddy("replay"),
      eddy("replay", pipeline),
      eddy("replay", "--input", input),
      eddy("replay", pipeline, "--input", input, "--data", folder),
      eddy("replay", pipeline, "--inptu", input),
      eddy("rerun"),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual(wrong.map(() => 2));
    expect(wrong[0]?.stderr).toContain("expected PIPELINE.yaml --input FILE, or --data DIR");
    expect(wrong[4]?.stderr).toContain("--input");
    expect(wrong[5]?.stderr).toContain("unknown command");

    const missing = {
      "none.csv": [pipeline, "--input", inFolder("none.csv")],
      "none.yaml": [inFolder("none.yaml"), "--input", input],
      nowhere: ["--data", inFolder("nowhere")],
      "where.csv": [pipeline, "--input", input, "--output", inFolder("no/where.csv")],
    };
    const finished = Object.entries(missing).map(async ([name, args]) => {
      const { code, stdout, stderr } = await eddy("replay", ...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(new RegExp(`^eddy: Cannot .*${name}.*expected .*found `));
    });
    await Promise.all(finished);
  });
});
