import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { connectClient } from "../../src/mqtt/index.js";
import { RunningEddy } from "../support/cli.js";
import { Listener } from "../support/listener.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { retained } from "../support/retained.js";
import { sleepingSubscriber } from "../support/sleeping-subscriber.js";
import { stored } from "../support/stored.js";
import { temporaryFolder } from "../support/temporary.js";
import { until } from "../support/until.js";

const pipelineOf = (name: string) => `
name: ${name}
input: { topics: [plant/+/rms], key: "{topic[1]}" }
features: [{ field: rms, scale: none }]
target: rms
model: { hidden: 4 }
`;
/** What Mosquitto keeps for a client that is away. */
const QUEUED = 50;
const SENT = 120;

describe.skipIf(lacksMosquitto)(`a broker that drops messages${mosquittoHint}`, () => {
  const folder = temporaryFolder();
  const files = ["pump", "press"].map((name) => join(folder, `${name}.yaml`));
  beforeAll(() => {
    for (const [i, name] of ["pump", "press"].entries()) writeFileSync(files[i]!, pipelineOf(name));
    writeFileSync(join(folder, "acl"), "topic readwrite plant/#\ntopic readwrite eddy/#\n");
  });

  async function areOnline(running: RunningEddy): Promise<void> {
    for (const name of [/pump: online/, /press: online/]) await running.says(name);
  }

  async function rig(lines: readonly string[] = [`max_queued_messages ${QUEUED}`]) {
    const broker = await startMosquitto({
      global: ["sys_interval 1"],
      lines,
    });
    const sensor = await connectClient({ url: broker.url });
    return {
      broker,
      start: (data: string) =>
        new RunningEddy(["run", ...files, "--broker", broker.url, "--data", join(folder, data)]),
      send: async (count: number) => {
        for (let i = 0; i < count; i++) await sensor.publish("plant/p1/rms", `{"rms":${i}}`);
      },
      close: async () => {
        await sensor.close();
        await broker.dispose();
      },
    };
  }

  it("is warned of, in the log and in the status, and no event of Eddy's own is missed", async () => {
    const { broker, start, send, close } = await rig();
    const listener = await Listener.of(broker.url, "pump");
    const running = start("online");
    try {
      await areOnline(running);
      await sleepingSubscriber(broker.url, "plant/#");
      // One at a time, so that nothing waits for Eddy.
      for (let i = 1; i <= SENT; i++) {
        await send(1);
        if (i % 10 === 0) await listener.hasSeen(i);
      }
      await running.says(/pump: the broker drops messages, \d+ now: .*max_queued_messages/);
      await running.says(/press: the broker drops messages, \d+ now/);
      const statuses = () => listener.bodies<{ state: string; why: string }>("/status");
      await until(
        () => statuses().some(({ why }) => why.startsWith("the broker drops messages")),
        "the status tells of it",
      );
      expect(statuses().at(-1)).toMatchObject({ state: "warming-up", why: /max_queued/ });
      await running.stop();
    } finally {
      await running.kill();
      await listener.close();
      await close();
    }
  });

  it("is warned of after Eddy was away for longer than its queue holds", async () => {
    const { broker, start, send, close } = await rig();
    let running = start("away");
    try {
      await areOnline(running);
      await running.kill();
      await send(SENT);
      const topic = "$SYS/broker/publish/messages/dropped";
      await until(
        async () => Number((await retained(broker.url, topic)).get(topic)) > 0,
        "the broker has counted what it dropped",
      );
      running = start("away");
      await running.says(
        /pump: the broker has dropped \d+ messages since it was started, perhaps some for Eddy/,
      );
      await running.stop();
    } finally {
      await running.kill();
      await close();
    }
  });

  it("does no harm where the broker says nothing of it", async () => {
    const { broker, send, start, close } = await rig([`acl_file ${join(folder, "acl")}`]);
    const listener = await Listener.of(broker.url, "pump");
    const running = start("silent");
    try {
      await areOnline(running);
      await send(SENT);
      await listener.hasSeen(SENT);
      const { code, stderr } = await running.stop();
      expect(code).toBe(0);
      expect(stderr).not.toMatch(/drop/);
      expect(await stored(join(folder, "silent"), "pump", (reader) => reader.counts())).toMatchObject({
        ...{ events: SENT, outputs: SENT },
      });
    } finally {
      await running.kill();
      await listener.close();
      await close();
    }
  });
});
