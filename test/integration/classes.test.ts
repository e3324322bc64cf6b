import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Classification, Rng } from "../../src/core/index.js";
import { connectClient } from "../../src/mqtt/index.js";
import { openStoreForReading } from "../../src/store/index.js";
import { eddy, RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { temporaryFolder } from "../support/temporary.js";

/** Which of two inputs rises first: a gesture's name is known at its end. */
const PIPELINE = `
name: gestures
input: { topics: [hand/+/strain], key: "{topic[1]}" }
sequence: { end: last }
features: [{ vector: strain, size: 2 }]
target: { class: gesture, pool: last }
model: { file: gestures.onnx }
train: { hidden: 10, epochs: 25, rate: 0.01, dropout: 0.1, noise: 0.1 }
`;

interface Row {
  readonly strain: number[];
  readonly gesture?: string;
  readonly last?: boolean;
}

function gestures(count: number, seed: number): Row[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => {
    const isOpening = rng.integer(2) === 1;
    const steps = 6 + rng.integer(4);
    return Array.from({ length: steps }, (_, t): Row => {
      const isFirst = t < steps / 2 === isOpening;
      const strain = [isFirst ? 1 : 0, isFirst ? 0 : 1].map((one) => one + 0.2 * rng.normal());
      const isLast = t === steps - 1;
      return { strain, ...(isLast ? { gesture: isOpening ? "open" : "close", last: true } : {}) };
    });
  }).flat();
}

const ndjson = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

describe("a pipeline that names classes", () => {
  const folder = temporaryFolder();
  const inFolder = (name: string) => join(folder, name);
  const rows = gestures(30, 2);
  const ends = rows.flatMap(({ gesture }, i) => (gesture === undefined ? [] : [{ i, gesture }]));
  let trained: Record<string, unknown>;

  beforeAll(async () => {
    writeFileSync(inFolder("gestures.yaml"), PIPELINE);
    writeFileSync(inFolder("train.ndjson"), ndjson(gestures(120, 1)));
    writeFileSync(inFolder("test.ndjson"), ndjson(rows));
    const { stdout, stderr, code } = await eddy(
      "train",
      inFolder("gestures.yaml"),
      ...["--input", inFolder("train.ndjson"), "--test", inFolder("test.ndjson")],
      ...["--model", inFolder("gestures.onnx"), "--repeat", "2", "--json"],
    );
    if (code !== 0) throw new Error(stderr);
    trained = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}");
  });

  it("is trained by eddy train, which says how it compares, in a card too", () => {
    expect(trained).toMatchObject({
      type: "result",
      test: [{ name: "test.ndjson", count: 30, accuracies: [1, 1], network: { accuracy: 1 } }],
    });
    const [{ majority, linear }] = trained["test"] as [Record<string, { accuracy: number }>];
    expect(majority?.accuracy).toBeLessThan(0.7);
    expect(linear?.accuracy).toBeLessThan(0.8);
    const card = readFileSync(inFolder("gestures.md"), "utf8");
    expect(card).toContain(
      "Names `gesture` of a sequence at its end, by its last step's logits: close, open.",
    );
    expect(card).toContain("| softmax regression |");
  });

  it("says all about itself in its file: input and model.file suffice", async () => {
    const short = PIPELINE.replace(/(?:features|target|train):.*\n/g, "");
    writeFileSync(inFolder("short.yaml"), short);
    const { stdout, code } = await eddy("lint", inFolder("short.yaml"), "--show");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /class: gesture\n {2}at: end\n {2}pool: last\n {2}ahead: 0\n {2}classes:\n {4}- close\n {4}- open/,
    );
  });

  it("replays with label and probability at every end, and nowhere else", async () => {
    const output = inFolder("named.ndjson");
    const { code } = await eddy(
      "replay",
      inFolder("gestures.yaml"),
      ...["--input", inFolder("test.ndjson"), "--output", output],
    );
    expect(code).toBe(0);
    const lines = readFileSync(output, "utf8").trimEnd().split("\n");
    const named = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(named).toHaveLength(rows.length);
    expect(Object.keys(named[0] ?? {})).toEqual(["label", "probability", "score", "alert", "event", "note"]);
    const spoken = named.flatMap(({ label }, i) => (label === null ? [] : [{ i, gesture: label }]));
    expect(spoken).toEqual(ends);
  });

  describe.skipIf(lacksMosquitto)(`over MQTT${mosquittoHint}`, () => {
    it("publishes a label at every end, also of a sequence that a kill -9 cut in two", async () => {
      const broker = await startMosquitto();
      const sensor = await connectClient({ url: broker.url });
      const listener = await Listener.of(broker.url, "gestures");
      const start = async () => {
        const running = new RunningEddy([
          "run",
          inFolder("gestures.yaml"),
          ...["--broker", broker.url, "--data", inFolder("data")],
        ]);
        await running.says(/gestures: online/);
        return running;
      };
      const send = async (from: number, to: number) => {
        for (const { gesture: _, ...row } of rows.slice(from, to)) {
          await sensor.publish("hand/left/strain", JSON.stringify(row));
        }
      };
      const first = await start();
      const cut = ends[10]!.i + 3;
      await send(0, cut);
      await listener.hasSeen(11);
      await first.kill();
      const second = await start();
      await send(cut, rows.length);
      await listener.hasSeen(ends.length);
      await second.stop();
      const messages = listener.predictions as unknown as Record<string, unknown>[];
      expect(messages.map(({ label }) => label)).toEqual(ends.map(({ gesture }) => gesture));
      expect(messages.map(({ position }) => position)).toEqual(ends.map(({ i }) => i + 1));
      expect(Object.keys(messages[0] ?? {})).toEqual(
        "id time key value label probability score alert model seq position next".split(" "),
      );
      const store = openStoreForReading(inFolder("data"));
      const stored = store.pipeline("gestures").outputs(0, 1000);
      expect(
        stored.map(({ prediction }) => (prediction.inference as Classification | undefined)?.label),
      ).toEqual(ends.map(({ gesture }) => gesture));
      store.close();
      await Promise.all([listener.close(), sensor.close()]);
      await broker.dispose();
    });
  });
});
