import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { readModelWords, replay } from "../../src/runtime/index.js";
import { type Pipeline, parsePipeline } from "../../src/spec/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { inPlaceTrainer } from "../support/in-place-trainer.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { sharedData, sharedDataHint } from "../support/shared-data.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";
import { wavOf } from "../support/wav.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const recordings = join(sharedData ?? "", "fsdd/recordings");

function shipped(name: string): Pipeline {
  const file = join(root, `pipelines/${name}.yaml`);
  const options = { file, models: join(root, "models"), readModel: readModelWords };
  const { pipeline } = parsePipeline(readFileSync(file, "utf8"), options);
  return pipeline!;
}

/** The digits that a pipeline names in a file, with their probabilities. */
async function named(pipeline: Pipeline, input: string): Promise<[unknown, unknown][]> {
  const found: [unknown, unknown][] = [];
  await replay({
    pipeline,
    input,
    engines: { trainer: inPlaceTrainer(), fineTunes: false },
    onRow: ({ label, probability }) => {
      if (label !== null) found.push([label, probability]);
    },
  });
  return found;
}

describe.skipIf(sharedData === undefined)(`spoken digits${sharedDataHint}`, () => {
  const folder = temporaryFolder();
  /** Of the official test, one recording of each digit by each of the four speakers. */
  const files =
    sharedData === undefined ? [] : readdirSync(recordings).filter((name) => /_3\.wav$/.test(name));

  it("the shipped network names the digits of the test files, the same from 20 ms packets as from the whole file", async () => {
    const pipeline = shipped("spoken-digits");
    expect(files).toHaveLength(40);
    let right = 0;
    for (const name of files) {
      const packets = await named(pipeline, join(recordings, name));
      const bytes = readFileSync(join(recordings, name));
      const samples = Array.from(
        { length: (bytes.length - 44) / 2 },
        (_, n) => bytes.readInt16LE(44 + 2 * n) / 32_768,
      );
      const whole = join(folder, "whole.ndjson");
      writeFileSync(whole, JSON.stringify({ value: samples, end: true }));
      expect(await named(pipeline, whole)).toEqual(packets);
      if (packets[0]?.[0] === name[0]) right++;
    }
    expect(right).toBeGreaterThanOrEqual(38);
  });

  it.skipIf(lacksMosquitto)(`eddy publish sends a file, and eddy run names it${mosquittoHint}`, async () => {
    const broker = await startMosquitto();
    const listener = await Listener.of(broker.url, "spoken-digits");
    const pipeline = join(root, "pipelines/spoken-digits.yaml");
    const running = new RunningEddy([
      "run",
      pipeline,
      "--broker",
      broker.url,
      "--data",
      join(folder, "data"),
    ]);
    await running.says(/spoken-digits: online/);
    const file = join(recordings, "7_jackson_3.wav");
    const sent = await eddy(
      "publish",
      file,
      ...["--topic", "speech/desk/audio", "--broker", broker.url, "--speed", "max", "--json"],
    );
    expect(JSON.parse(sent.stdout)).toMatchObject({ type: "result" });
    await listener.hasSeen(1);
    const [message] = listener.predictions as unknown as [Record<string, unknown>];
    expect(message).toMatchObject({ key: "desk", label: "7", model: "spoken-digits" });
    const [offline] = await named(shipped("spoken-digits"), file);
    expect([message["label"], message["probability"]]).toEqual(offline);
    await running.stop();
    await listener.close();
    await broker.dispose();
  });

  it("words are named once each in a stream that has no end", async () => {
    const script = join(root, "pipelines/data/digit-streams.mjs");
    const rows = execFileSync(process.execPath, [script, recordings, "test", "30"], { maxBuffer: 1 << 26 })
      .toString("utf8")
      .split("\n")
      .filter((row) => row.startsWith('{"key":"test-1"'));
    const input = join(folder, "stream.ndjson");
    writeFileSync(input, rows.join("\n"));
    const words = rows
      .map((row): string => JSON.parse(row).word)
      .filter((word, i, all) => word !== "none" && all[i - 1] !== word);
    expect(words).toHaveLength(13);
    const found = (await named(shipped("digit-words"), input)).map(([label]) => label);
    const same = found.filter((label) => words.includes(String(label)));
    expect(found.length).toBeGreaterThanOrEqual(12);
    expect(found.length).toBeLessThanOrEqual(14);
    expect(same.length).toBeGreaterThanOrEqual(12);
  });

  it("voice activity finds the utterances of a microphone that is always on", async () => {
    const pause = new Array<number>(4000).fill(0).map((_, n) => ((n * 7919) % 7) - 3);
    const said = ["3_jackson_3.wav", "8_nicolas_3.wav", "0_jackson_3.wav"].filter((name) =>
      files.includes(name),
    );
    const samples = said.flatMap((name) => {
      const bytes = readFileSync(join(recordings, name));
      return [
        ...pause,
        ...Array.from({ length: (bytes.length - 44) / 2 }, (_, n) => bytes.readInt16LE(44 + 2 * n)),
      ];
    });
    const wav = join(folder, "live.wav");
    writeFileSync(wav, wavOf(Int16Array.from([...samples, ...pause]), 8000));
    const digits = (await named(shipped("spoken-digits-live"), wav)).map(([label]) => label);
    expect(digits).toEqual(said.map((name) => name[0]));
  });
});

it.skipIf(lacksMosquitto)(`eddy publish sends rows with their topics${mosquittoHint}`, async () => {
  const folder = temporaryFolder();
  const broker = await startMosquitto();
  const client = await connectClient({ url: broker.url });
  const seen: [string, string][] = [];
  await client.subscribe("plant/#", (topic, payload) => {
    seen.push([topic, new TextDecoder().decode(payload)]);
  });
  const csv = join(folder, "rows.csv");
  writeFileSync(csv, "topic,rms\nplant/a,1.5\nplant/b,2\n");
  const { code } = await eddy("publish", csv, "--broker", broker.url, "--speed", "max", "--json");
  expect(code).toBe(0);
  await until(() => seen.length === 2, "both rows have come");
  expect(seen).toEqual([
    ["plant/a", '{"rms":1.5}'],
    ["plant/b", '{"rms":2}'],
  ]);
  await client.close();
  await broker.dispose();
});
