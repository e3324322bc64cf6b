import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng, type WrittenText } from "../../src/core/index.js";
import { connectClient, type EmbeddedBroker, embeddedBroker } from "../../src/mqtt/index.js";
import { openStoreForReading } from "../../src/store/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

/** Says two or three words backwards. */
const PIPELINE = `
name: backwards
input: { topics: [text/+/word], key: "{topic[1]}" }
sequence: { end: last }
features: [{ symbol: word }]
target: { text: back, most: 8, search: { beam: 2 } }
model: { file: backwards.onnx }
train: { hidden: 24, epochs: 30, rate: 0.01, dropout: 0 }
`;
const WORDS = ["left", "right", "up", "down"];

type Row = Readonly<Record<string, unknown>>;

function backwards(count: number, seed: number): Row[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => {
    const said = Array.from({ length: 2 + rng.integer(2) }, () => WORDS[rng.integer(4)]!);
    const back = said.toReversed().join("  ");
    return said.map((word, t): Row => ({ word, ...(t === said.length - 1 ? { back, last: true } : {}) }));
  }).flat();
}

const ndjson = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Rows that a shipped generator makes up. */
function madeUp(script: string, ...words: string[]): Row[] {
  const file = join(root, "pipelines/data", script);
  const text = execFileSync(process.execPath, [file, ...words], { encoding: "utf8", maxBuffer: 2 ** 28 });
  return text
    .trimEnd()
    .split("\n")
    .map((line): Row => JSON.parse(line));
}

describe("a pipeline that writes texts", () => {
  const folder = temporaryFolder();
  const inFolder = (name: string) => join(folder, name);
  const rows = backwards(30, 2);
  let trained: Record<string, unknown>;

  beforeAll(async () => {
    writeFileSync(inFolder("backwards.yaml"), PIPELINE);
    writeFileSync(inFolder("train.ndjson"), ndjson(backwards(400, 1)));
    writeFileSync(inFolder("test.ndjson"), ndjson(rows));
    const { stdout, stderr, code } = await eddy(
      "train",
      inFolder("backwards.yaml"),
      ...["--input", inFolder("train.ndjson"), "--test", inFolder("test.ndjson")],
      ...["--model", inFolder("backwards.onnx"), "--json"],
    );
    if (code !== 0) throw new Error(stderr);
    trained = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}");
  });

  it("is trained by eddy train, which says how it compares, in a card too", () => {
    expect(trained).toMatchObject({
      type: "result",
      test: [{ name: "test.ndjson", count: 30, exacts: [1], network: { exact: 1, symbolErrors: 0 } }],
    });
    const card = readFileSync(inFolder("backwards.md"), "utf8");
    expect(card).toContain(
      "Writes `back` of a sequence at its end, of 4 words. Encoder and decoder, each GRU",
    );
    expect(card).toContain("| the text of the nearest training sequence |");
  });

  it("says all about itself in its file but how a text is searched for: input and model.file suffice", async () => {
    writeFileSync(inFolder("short.yaml"), PIPELINE.replace(/(?:features|target|train):.*\n/g, ""));
    const { stdout, code } = await eddy("lint", inFolder("short.yaml"), "--show");
    expect(code).toBe(0);
    expect(stdout).toMatch(/text: back\n {2}split: words\n {2}most: 100\n {2}search: greedy\n/);
    const full = await eddy("lint", inFolder("backwards.yaml"), "--show");
    expect(full.stdout).toMatch(/most: 8\n {2}search:\n {4}beam: 2\n/);
    writeFileSync(inFolder("other.yaml"), PIPELINE.replace("text: back", "text: back, split: characters"));
    const other = await eddy("lint", inFolder("other.yaml"));
    expect(other.stderr + other.stdout).toContain("expected words, as");
  });

  it("replays with text and probability at every end, and nowhere else", async () => {
    const output = inFolder("written.ndjson");
    const { code } = await eddy(
      "replay",
      inFolder("backwards.yaml"),
      ...["--input", inFolder("test.ndjson"), "--output", output],
    );
    expect(code).toBe(0);
    const written = readFileSync(output, "utf8").trimEnd().split("\n");
    const texts = written.map((line): Row => JSON.parse(line));
    expect(Object.keys(texts[0]!)).toEqual(["text", "probability", "score", "alert", "event", "note"]);
    expect(texts.map(({ text }) => text)).toEqual(
      rows.map(({ back }) =>
        back === undefined ? null : String(back).replace("  ", " ").replace("  ", " "),
      ),
    );
  });
});

describe("the shipped pipelines that write texts, over MQTT", () => {
  const folder = temporaryFolder();
  let broker: EmbeddedBroker;
  beforeAll(async () => {
    broker = await embeddedBroker({ port: 0 });
  });
  afterAll(() => broker.close());

  it.each([
    ["dates", "iso", "forms/desk/date", madeUp("dates.mjs", "test", "40"), 20],
    ["machine-messages", "german", "text/hall/english", madeUp("machine-messages.mjs", "test", "25"), 101],
    ["scenes", "caption", "cameras/door/image", madeUp("scenes.mjs", "test", "30"), 10],
  ] as const)(
    "%s: every text comes as it is replayed, also of a sequence that a kill -9 cut in two",
    async (name, field, topic, rows, cut) => {
      const file = join(root, `pipelines/${name}.yaml`);
      const input = join(folder, `${name}.ndjson`);
      writeFileSync(input, ndjson(rows.map((row) => ({ ...row, topic }))));
      const output = join(folder, `${name}-written.ndjson`);
      const replayed = await eddy("replay", file, "--input", input, "--output", output);
      expect(replayed.code, replayed.stderr).toBe(0);
      const expected = readFileSync(output, "utf8")
        .trimEnd()
        .split("\n")
        .map((line): Row => JSON.parse(line))
        .flatMap(({ text, probability }, i) =>
          text === null ? [] : [{ position: i + 1, text, probability }],
        );

      const sender = await connectClient({ url: broker.url });
      // Out is at least once: what comes again stands in the same place.
      const seen = new Map<unknown, Row>();
      await sender.subscribe(`eddy/${name}/+/prediction`, (_topic, payload) => {
        const { position, text, probability }: Row = JSON.parse(new TextDecoder().decode(payload));
        seen.set(position, { position, text, probability });
      });
      const hasSeen = (count: number) =>
        until(
          () => seen.size >= count,
          () => `${count} texts have come, not ${seen.size}`,
        );
      const data = join(folder, `${name}-data`);
      const start = async () => {
        const running = new RunningEddy(["run", file, "--broker", broker.url, "--data", data]);
        await running.says(new RegExp(`${name}: online`));
        return running;
      };
      const send = async (from: number, to: number) => {
        for (const { [field]: _, ...row } of rows.slice(from, to)) {
          await sender.publish(topic, JSON.stringify(row));
        }
      };
      // Word by word it falls within a message.
      if (name === "machine-messages") expect(rows[cut - 1]!["end"]).toBeUndefined();
      const first = await start();
      await send(0, cut);
      await hasSeen(expected.filter(({ position }) => position <= cut).length);
      await first.kill();
      const second = await start();
      await send(cut, rows.length);
      await hasSeen(expected.length);
      await second.stop();

      expect([...seen.values()]).toEqual(expected);
      const right = expected.filter(({ position, text }) => rows[position - 1]![field] === text);
      expect(right.length / expected.length).toBeGreaterThanOrEqual(0.95);
      const store = openStoreForReading(data);
      const stored = store.pipeline(name).outputs(0, 1000);
      expect(stored.map(({ prediction }) => (prediction.inference as WrittenText).text)).toEqual(
        expected.map(({ text }) => text),
      );
      store.close();
      await sender.close();
    },
  );
});
