import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../src/core/index.js";
import type { Client } from "../../src/mqtt/index.js";
import { publishRecording } from "../../src/runtime/index.js";
import { temporaryFolder } from "../support/temporary.js";
import { wavOf } from "../support/wav.js";

describe("publishRecording()", () => {
  const folder = temporaryFolder();
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  /** What goes out, and when by a clock that only sleeping moves. */
  async function sent(options: { file: string; topic?: string; speed?: number; time?: string }) {
    const clock = new ManualClock(0);
    const messages: { ms: number; topic: string; payload: string | Uint8Array }[] = [];
    const client: Client = {
      publish: async (topic, payload) => {
        messages.push({ ms: clock.now(), topic, payload });
      },
      subscribe: async () => {},
      close: async () => {},
    };
    const { topic, speed = 1, ...rest } = options;
    const sleep = async (ms: number) => clock.advance(ms);
    await publishRecording({ client, topic, speed, packetMs: 20, clock, sleep, ...rest });
    return messages;
  }

  it("sends a WAV file in packets at the pace at which it was recorded, then an empty one", async () => {
    const samples = Int16Array.from({ length: 400 }, (_, n) => n - 200);
    const messages = await sent({ file: file("a.wav", wavOf(samples, 8000)), topic: "speech/desk/audio" });
    expect(messages.map(({ ms, payload }) => [ms, payload.length])).toEqual([
      [20, 320],
      [40, 320],
      [50, 160],
      [50, 0],
    ]);
    const bytes = Buffer.concat(messages.map(({ payload }) => Buffer.from(payload)));
    expect(Int16Array.from({ length: 400 }, (_, n) => bytes.readInt16LE(2 * n))).toEqual(samples);
  });

  it("sends rows as objects, by their own times and topics, so many times as fast", async () => {
    const csv = file("a.csv", "ts,topic,rms,state\n1000,a/1,0.5,on\n1060,a/2,,off\n");
    expect(await sent({ file: csv, time: "ts", speed: 10 })).toEqual([
      { ms: 0, topic: "a/1", payload: '{"ts":1000,"rms":0.5,"state":"on"}' },
      { ms: 6000, topic: "a/2", payload: '{"ts":1060,"rms":null,"state":"off"}' },
    ]);
    const ndjson = file("a.ndjson", '{"id":"007"}\n{"id":"008"}\n');
    expect(await sent({ file: ndjson, topic: "b" })).toEqual([
      { ms: 0, topic: "b", payload: '{"id":"007"}' },
      { ms: 1000, topic: "b", payload: '{"id":"008"}' },
    ]);
  });

  it("sends all at once at full speed", async () => {
    const ndjson = file("b.ndjson", '{"v":1}\n{"v":2}\n');
    const messages = await sent({ file: ndjson, topic: "b", speed: Number.POSITIVE_INFINITY });
    expect(messages.map(({ ms }) => ms)).toEqual([0, 0]);
  });

  it("says which row has no topic", async () => {
    const ndjson = file("c.ndjson", '{"v":1}\n');
    await expect(sent({ file: ndjson })).rejects.toThrow(
      /c\.ndjson, line 1: expected a topic: --topic, or a column/,
    );
  });
});
