import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, type Mosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { slotBytes, stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const PIPELINE = `
name: pumps
input: { topics: [plant/+/vibration], time: ts, key: "{machine}" }
features: [rms, temperature]
target: rms
model: { hidden: 4, cold-start: { events: 60, lead: 10 } }
anomaly: { warm-up: 40 }
`;

/** Good readings before and after the bad ones. */
const BEFORE = 60;
const AFTER = 130;
const TOPIC = "plant/hall/vibration";

interface Reading {
  readonly machine: unknown;
  readonly ts: unknown;
  readonly rms: unknown;
  readonly temperature?: unknown;
}

const START_MS = Date.UTC(2024, 4, 1);

/** The n-th good reading of a pump. */
function reading(n: number): Reading {
  return {
    machine: "pump-1",
    ts: new Date(START_MS + n * 60_000).toISOString(),
    rms: 2 + ((n * 37) % 11) / 10,
    temperature: 40 + ((n * 17) % 7) / 2,
  };
}

type Payload = string | Uint8Array;

interface Bad {
  readonly what: string;
  readonly reason: string;
  readonly payload: Payload;
  /** What is left of it without the bad part: a good event. */
  readonly remainder?: Payload;
}

const json = (value: unknown) => JSON.stringify(value);
const spoilt = (change: object) => json({ ...reading(0), ...change });

const BAD: readonly Bad[] = [
  { what: "bytes that are no text", reason: "unreadable", payload: Uint8Array.of(0xff, 0xfe, 0x00, 0x80) },
  { what: "half a JSON object", reason: "unreadable", payload: json(reading(0)).slice(0, 30) },
  { what: "an empty payload", reason: "unreadable", payload: "" },
  { what: "NaN, which is not JSON", reason: "unreadable", payload: json(reading(0)).replace(":2", ":NaN") },
  { what: "a number alone", reason: "unreadable", payload: "42" },
  { what: "null alone", reason: "unreadable", payload: "null" },
  { what: "a missing field", reason: "missing-field", payload: spoilt({ temperature: undefined }) },
  { what: "null", reason: "missing-field", payload: spoilt({ rms: null }) },
  { what: '"NaN"', reason: "not-a-number", payload: spoilt({ rms: "NaN" }) },
  { what: "a number too large", reason: "not-a-number", payload: json(reading(0)).replace(":2", ":1e999") },
  { what: "text", reason: "wrong-type", payload: spoilt({ rms: "high" }) },
  { what: "an object", reason: "wrong-type", payload: spoilt({ rms: { value: 2 } }) },
  { what: "a truth value", reason: "wrong-type", payload: spoilt({ rms: true }) },
  {
    what: "a bad one among several",
    reason: "wrong-type",
    payload: json([reading(60), { ...reading(61), temperature: [] }]),
    remainder: json([reading(60)]),
  },
  { what: "an empty key", reason: "no-key", payload: spoilt({ machine: "" }) },
  { what: "no key", reason: "no-key", payload: spoilt({ machine: undefined }) },
  { what: "no time", reason: "missing-field", payload: spoilt({ ts: null }) },
  { what: "a time that is none", reason: "bad-time", payload: spoilt({ ts: "yesterday" }) },
  { what: "a time far in the future", reason: "too-early", payload: spoilt({ ts: "2199-01-01T00:00:00Z" }) },
  { what: "10 MB", reason: "too-large", payload: spoilt({ blob: "x".repeat(10_000_000) }) },
];

describe.skipIf(lacksMosquitto)(`dead letters over Mosquitto${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const pipeline = join(folder, "pumps.yaml");
  let broker: Mosquitto;
  beforeAll(async () => {
    writeFileSync(pipeline, PIPELINE);
    broker = await startMosquitto();
    const sensor = await connectClient({ url: broker.url });
    await sensor.publish("plant/old/vibration", json(reading(500)), { retain: true });
    await sensor.close();
  });
  afterAll(() => broker?.dispose());

  /** Good readings, the given payloads, good readings. */
  async function stream(data: string, between: readonly Payload[], letterCount: number) {
    const sensor = await connectClient({ url: broker.url });
    const listener = await Listener.of(broker.url, "pumps");
    const running = new RunningEddy(["run", pipeline, "--broker", broker.url, "--data", data]);
    try {
      await running.says(/online/);
      const send = (payload: Payload) => sensor.publish(TOPIC, payload);
      for (let n = 0; n < BEFORE; n++) await send(json(reading(n)));
      for (const payload of between) await send(payload);
      for (let n = 0; n < AFTER; n++) await send(json(reading(70 + n)));
      await listener.hasSeen(EVENTS);
      const letters = () => listener.bodies<{ reason: string; bytes: number }>("/dead-letter");
      await until(() => letters().length >= letterCount, `${letterCount} dead letters have come`);
      expect(await running.stop()).toMatchObject({ code: 0 });
      return {
        predictions: listener.predictionTexts,
        letters: letters(),
        slots: await Promise.all(
          ["sequence", "features", "hidden", "inputs", "learner", "detection"].map((slot) =>
            slotBytes(data, "pumps", slot),
          ),
        ),
        counts: await stored(data, "pumps", (reader) => reader.counts()),
        kept: await stored(data, "pumps", (reader) => reader.deadLetters(0, 100)),
      };
    } finally {
      await running.kill();
      await sensor.close();
      await listener.close();
    }
  }

  const ALL = BAD.map(({ payload }) => payload);
  const REMAINDERS = BAD.flatMap(({ remainder }) => remainder ?? []);
  const EVENTS = BEFORE + REMAINDERS.length + AFTER;

  it("are published and counted with their reason, and touch no state and no prediction", async () => {
    const clean = await stream(join(folder, "clean"), REMAINDERS, 0);
    const dirty = await stream(join(folder, "dirty"), ALL, ALL.length);

    const expected = BAD.map(({ reason, payload }) => ({ reason, bytes: Buffer.byteLength(payload) }));
    expect(dirty.letters).toMatchObject(expected);
    expect(dirty.kept).toMatchObject(expected);
    // The retained message was there from the start, and is none of them.
    expect(dirty.counts).toMatchObject({ events: EVENTS, outputs: EVENTS, deadLetters: BAD.length });
    expect(clean.counts).toMatchObject({ events: EVENTS, outputs: EVENTS, deadLetters: 0 });

    expect(dirty.predictions).toEqual(clean.predictions);
    expect(dirty.predictions.some((text) => JSON.parse(text).model === "gru-1")).toBe(true);
    expect(dirty.slots).toEqual(clean.slots);
    expect(Object.keys(dirty.slots[2] ?? {})).toEqual([
      "position",
      // How many networks have gone.
      "key ",
      "key pump-1",
    ]);
  });
});
