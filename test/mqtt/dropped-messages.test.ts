import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { Aedes, type AedesOptions } from "aedes";
import { afterEach, describe, expect, it } from "vitest";
import { connectClient, DroppedMessages } from "../../src/mqtt/index.js";
import { lacksMosquitto, mosquittoHint, startMosquitto } from "../support/mosquitto.js";
import { sleepingSubscriber } from "../support/sleeping-subscriber.js";
import { until } from "../support/until.js";

const CLIENT = "box-drops";

describe.skipIf(lacksMosquitto)(`DroppedMessages over Mosquitto${mosquittoHint}`, () => {
  it.each(["5", "3.1.1"] as const)(
    "is told what the broker drops for a client that is away, on MQTT %s",
    async (protocol) => {
      const broker = await startMosquitto({ lines: ["max_queued_messages 5"], global: ["sys_interval 1"] });
      const totals: number[] = [];
      const onCount = (total: number) => totals.push(total);
      const dropped = new DroppedMessages({ url: broker.url, clientId: CLIENT, protocol, onCount });
      const sensor = await connectClient({ url: broker.url });
      try {
        await until(() => totals.length > 0, "the broker's first count has come");
        expect(totals).toEqual([0]);
        await sleepingSubscriber(broker.url, "plant/#");
        for (let i = 0; i < 25; i++) await sensor.publish("plant/a", `${i}`);
        await until(() => totals.at(-1) === 20, "20 drops have come");
      } finally {
        await sensor.close();
        await dropped.close();
        await broker.dispose();
      }
    },
  );
});

describe("DroppedMessages", () => {
  let server: Server | undefined;
  let aedes: Aedes | undefined;
  afterEach(async () => {
    server?.close();
    await new Promise<void>((resolve) => (aedes ? aedes.close(resolve) : resolve()));
  });

  /** A broker of another make, and how often a client has come. */
  async function otherBroker(options: AedesOptions) {
    const broker = new Aedes(options);
    aedes = broker;
    await broker.listen();
    let visits = 0;
    broker.on("client", ({ id }) => {
      if (id === CLIENT) visits++;
    });
    const listening = createServer((socket) => broker.handle(socket)).listen(0, "127.0.0.1");
    server = listening;
    await new Promise((resolve) => listening.once("listening", resolve));
    return { url: `mqtt://127.0.0.1:${(listening.address() as AddressInfo).port}`, visits: () => visits };
  }

  it("doesn't ask again where the broker hangs up at the question", async () => {
    const { url, visits } = await otherBroker({
      authorizeSubscribe: (_client, { topic }, done) =>
        topic.startsWith("$SYS/") ? done(new Error("not for you")) : done(null, { topic, qos: 0 }),
    });
    const onCount = () => expect.fail("counted");
    const dropped = new DroppedMessages({ url, clientId: CLIENT, protocol: "3.1.1", againMs: 1, onCount });
    await until(() => visits() > 0, "it has come");
    for (let i = 0; i < 5; i++) await (await connectClient({ url, protocol: "3.1.1" })).close();
    expect(visits()).toBe(1);
    await dropped.close();
  });

  it("doesn't come again where the broker doesn't let it in", async () => {
    let asked = 0;
    const { url } = await otherBroker({
      authenticate: ({ id }, _name, _password, done) => {
        if (id === CLIENT) asked++;
        done(null, id !== CLIENT);
      },
    });
    const onCount = () => expect.fail("counted");
    const dropped = new DroppedMessages({ url, clientId: CLIENT, protocol: "3.1.1", againMs: 1, onCount });
    await until(() => asked > 0, "it has come");
    for (let i = 0; i < 5; i++) await (await connectClient({ url, protocol: "3.1.1" })).close();
    expect(asked).toBe(1);
    await dropped.close();
  });

  it("ignores what is no count", async () => {
    const { url } = await otherBroker({ authorizePublish: (_client, _packet, done) => done(null) });
    const totals: number[] = [];
    const dropped = new DroppedMessages({
      ...{ url, clientId: CLIENT, protocol: "3.1.1" },
      onCount: (total) => totals.push(total),
    });
    const topic = "$SYS/broker/publish/messages/dropped";
    const say = (payload: string) =>
      new Promise<void>((resolve) => {
        const packet = {
          cmd: "publish",
          topic,
          payload: Buffer.from(payload),
          qos: 0,
          retain: true,
          dup: false,
        } as const;
        aedes!.publish(packet, () => resolve());
      });
    await until(async () => {
      for (const payload of ["", "many", "-1", "1.5", "7"]) await say(payload);
      return totals.length > 0;
    }, "it hears the count");
    expect(new Set(totals)).toEqual(new Set([7]));
    await dropped.close();
  });
});
