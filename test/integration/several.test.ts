import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, connectClient } from "../../src/mqtt/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { wave } from "../support/recordings.js";
import { stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";

const pipelineText = (name: string, model: string) => `
name: ${name}
input: { topics: [${name}/+/level], time: timestamp, key: "{topic[1]}" }
features: [value, { difference: value }]
target: value
model: { ${model}, members: 1, cold-start: { events: 300, lead: 50 } }
anomaly: { warm-up: 100 }
`;

const ROWS = wave(600);
/** Where the edited pipeline takes over. */
const EDIT_AT = 450;

describe.skipIf(lacksMosquitto)(`eddy run with several pipelines${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const inFolder = (name: string) => join(folder, name);
  let broker: Mosquitto;
  let sensor: Client;
  beforeAll(async () => {
    broker = await startMosquitto();
    sensor = await connectClient({ url: broker.url });
    writeFileSync(inFolder("tank.yaml"), pipelineText("tank", "cell: gru, hidden: 8"));
    writeFileSync(inFolder("silo.yaml"), pipelineText("silo", "cell: lstm, hidden: 6"));
  });
  afterAll(async () => {
    await sensor?.close();
    await broker?.dispose();
  });

  const run = (data: string, files: readonly string[], ...more: string[]) =>
    new RunningEddy([
      "run",
      ...files.map(inFolder),
      "--broker",
      broker.url,
      "--data",
      inFolder(data),
      ...more,
    ]);

  const send = (topic: string, from: number, to: number) =>
    Promise.all(ROWS.slice(from, to).map((row) => sensor.publish(topic, JSON.stringify(row))));

  it("predicts with each one's own model, and refuses a second process", async () => {
    const tank = await Listener.of(broker.url, "tank");
    const silo = await Listener.of(broker.url, "silo");
    const running = run("both", ["tank.yaml", "silo.yaml"]);
    await running.says(/tank: online/);
    await running.says(/silo: online/);
    await Promise.all([
      send("tank/north/level", 0, ROWS.length),
      send("silo/a/level", 0, ROWS.length / 2),
      send("silo/b/level", 0, ROWS.length / 2),
    ]);
    await tank.hasSeen(ROWS.length);
    await silo.hasSeen(ROWS.length);

    const second = await run("both", ["tank.yaml"]).finished();
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^eddy: Cannot .*both.*expected .*found .*\n$/);

    // While it runs, and of both: 300 events of each of the silo's keys.
    const list = await eddy("state", "list", "--data", inFolder("both"), "--json");
    expect(
      list.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { type: "key", pipeline: "tank", key: "north", events: 600, lastTime: ROWS.at(-1)?.timestamp },
      { type: "key", pipeline: "silo", key: "a", events: 300, lastTime: ROWS[299]?.timestamp },
      { type: "key", pipeline: "silo", key: "b", events: 300, lastTime: ROWS[299]?.timestamp },
      { type: "result", keys: 3 },
    ]);

    expect(await running.stop()).toMatchObject({ code: 0 });
    expect(tank.predictions.at(-1)?.model).toBe("gru-1");
    expect(silo.predictions.at(-1)?.model).toBe("lstm-1");
    expect(new Set(silo.predictions.map(({ key }) => key))).toEqual(new Set(["a", "b"]));
    await tank.close();
    await silo.close();
  });

  it("ends with exit code 1 when one of them cannot start", async () => {
    const broken = pipelineText("broken", "hidden: 4").replace(/model: .*/, "model: { file: broken.onnx }");
    writeFileSync(inFolder("broken.yaml"), broken);
    const missing = await run("broken", ["tank.yaml", "broken.yaml"]).finished();
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(
      /Cannot read model .*broken\.onnx: expected a readable ONNX file, found ENOENT/,
    );

    writeFileSync(inFolder("broken.onnx"), "no model");
    const spoilt = await run("broken", ["tank.yaml", "broken.yaml"]).finished();
    expect(spoilt.code).toBe(1);
    expect(spoilt.stderr).toMatch(/Cannot .*"broken": expected .*, found /);
  });

  it("refuses an edited one, saying what changed, until --restep makes it as if it had always been so", async () => {
    /** The rows up to a place, then perhaps an edit, then the rest. */
    const stream = async (data: string, edit: boolean) => {
      const listener = await Listener.of(broker.url, "tank");
      const files = [edit ? "tank.yaml" : "edited.yaml"];
      let running = run(data, files);
      await running.says(/online/);
      await send("tank/north/level", 0, EDIT_AT);
      await listener.hasSeen(EDIT_AT);
      expect(await running.stop()).toMatchObject({ code: 0 });
      if (edit) {
        const refused = await run(data, ["edited.yaml"]).finished();
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(
          /Cannot go on with pipeline "tank".*found model\.hidden 8 -> 12\. Run with --restep/,
        );
      }
      running = run(data, ["edited.yaml"], ...(edit ? ["--restep"] : []));
      await running.says(/online/);
      await send("tank/north/level", EDIT_AT, ROWS.length);
      await listener.hasSeen(ROWS.length);
      expect(await running.stop()).toMatchObject({ code: 0 });
      await listener.close();
      return {
        published: listener.predictionTexts.slice(EDIT_AT),
        outputs: await stored(inFolder(data), "tank", (reader) => reader.outputs(0, ROWS.length + 1)),
        // When packets came (slot `silence`) is this box's affair.
        state: await stored(inFolder(data), "tank", (reader) => {
          const { position, entries = [] } = reader.newestSnapshot() ?? {};
          return { position, entries: entries.filter(({ slot }) => slot !== "silence") };
        }),
        messages: listener.messages.filter(({ topic }) => topic.endsWith("/prediction")).length,
      };
    };
    writeFileSync(
      inFolder("edited.yaml"),
      readFileSync(inFolder("tank.yaml"), "utf8").replace("hidden: 8", "hidden: 12"),
    );
    const fresh = await stream("fresh", false);
    const edited = await stream("edited", true);
    expect(edited).toEqual(fresh);
    expect(edited.outputs).toHaveLength(ROWS.length);
    // What was published under the old pipeline is not published again.
    expect(edited.messages).toBe(ROWS.length);
  });
});
