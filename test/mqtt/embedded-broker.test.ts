import { connect } from "node:net";
import { connectAsync } from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import {
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
  embeddedBroker,
  hashPassword,
} from "../../src/mqtt/index.js";
import { Line } from "../conformance/connection-rig.js";
import { until } from "../support/until.js";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function start(options: EmbeddedBrokerOptions = { port: 0 }): Promise<EmbeddedBroker> {
  const broker = await embeddedBroker(options);
  undo.push(() => broker.close());
  return broker;
}

describe("embeddedBroker()", () => {
  it("takes the next free port if its own is taken", async () => {
    const first = await start();
    const second = await start({ port: first.port });
    expect(second.port).toBeGreaterThan(first.port);
    expect(second.url).toBe(`mqtt://127.0.0.1:${second.port}`);
  });

  it("says so when it cannot listen", async () => {
    const users = { pump: await hashPassword("x") };
    await expect(embeddedBroker({ host: "203.0.113.1", port: 0, users })).rejects.toMatchObject({
      code: "EADDRNOTAVAIL",
    });
  });

  it("gives a device's will to the pipelines that listen", async () => {
    const broker = await start();
    const line = new Line(broker.connection({ filters: ["in/#"] }));
    await line.online();
    const will = { topic: "in/gone", payload: Buffer.from("bye"), qos: 1, retain: false } as const;
    const device = await connectAsync(broker.url, { will });
    await device.endAsync(true);
    await line.received(1);
    line.packet(0).acknowledge();
    expect(line.texts).toEqual(["bye"]);
  });

  it("leaves a packet without PUBACK when one of two pipelines refuses it", async () => {
    const broker = await start();
    const lines = [0, 1].map(() => new Line(broker.connection({ filters: ["in/#"] })));
    const [first, second] = lines;
    if (!first || !second) throw new Error("two lines are open");
    for (const line of lines) await line.online();
    const device = await connectAsync(broker.url, { reconnectPeriod: 10 });
    undo.push(() => device.endAsync(true));
    const sent = device.publishAsync("in/a", "1", { qos: 1 });
    for (const line of lines) await line.received(1);
    first.packet(0).acknowledge();
    second.packet(0).refuse();
    for (const line of lines) await line.received(2);
    for (const line of lines) line.packet(1).acknowledge();
    await sent;
  });

  it("does not answer what it holds when it closes", async () => {
    const broker = await start();
    const line = new Line(broker.connection({ filters: ["in/#"] }));
    await line.online();
    const device = await connectAsync(broker.url, { reconnectPeriod: 0 });
    let isAnswered = false;
    device.publish("in/a", "1", { qos: 1 }, () => {
      isAnswered = true;
    });
    await line.received(1);
    await broker.close();
    line.packet(0).acknowledge();
    await until(() => !device.connected, "the device is disconnected");
    expect(isAnswered).toBe(false);
    await device.endAsync(true);
  });

  it("survives what is no MQTT", async () => {
    const broker = await start();
    const socket = connect(broker.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.end("GET / HTTP/1.1\r\n\r\n");
    await until(() => socket.destroyed, "the stranger is shown out");
    const device = await connectAsync(broker.url);
    await device.endAsync();
  });

  it("shows out whoever begins a packet that is too large, before it has come, and goes on with the others", async () => {
    const said: string[] = [];
    const broker = await start({ port: 0, maxPacketBytes: 1000, log: (message) => said.push(message) });
    const line = new Line(broker.connection({ filters: ["in/#"] }));
    await line.online();
    const large = await connectAsync(broker.url, { reconnectPeriod: 0, clientId: "large" });
    large.on("error", () => {});
    // 900,000 bytes are said to come, none of which does.
    large.stream.write(Buffer.from([0x30, 0xa0, 0xf7, 0x36]));
    await until(() => !large.connected, "it is shown out");
    expect(said).toEqual([
      "device large: Cannot read packets from 127.0.0.1: expected packets of at most 1000 bytes, found one of 900000",
    ]);
    const device = await connectAsync(broker.url);
    undo.push(() => device.endAsync(true));
    const sent = device.publishAsync("in/a", "x".repeat(900), { qos: 1 });
    await line.received(1);
    line.packet(0).acknowledge();
    await sent;
    await large.endAsync(true);
  });

  it("takes packets of megabytes by default, and none from strangers before they have said who they are", async () => {
    const broker = await start();
    const line = new Line(broker.connection({ filters: ["in/#"] }));
    await line.online();
    const device = await connectAsync(broker.url);
    undo.push(() => device.endAsync(true));
    const payload = Buffer.alloc(15 * 1024 * 1024, 7);
    const sent = device.publishAsync("in/a", payload, { qos: 1 });
    await line.received(1);
    expect(Buffer.compare(line.packet(0).payload, payload)).toBe(0);
    line.packet(0).acknowledge();
    await sent;

    const stranger = connect(broker.port, "127.0.0.1");
    stranger.on("error", () => {});
    stranger.write(Buffer.from([0x10, 0xa0, 0xf7, 0x36]));
    await until(() => stranger.destroyed, "the stranger is shown out");
  });

  it("shows out whoever says nothing, or only begins to", async () => {
    const broker = await start({ port: 0, connectTimeoutMs: 20 });
    const [silent, slow] = [0, 1].map(() => connect(broker.port, "127.0.0.1").on("error", () => {}));
    slow!.write(Buffer.from([0x10, 0x20, 0x00]));
    await until(() => silent!.destroyed && slow!.destroyed, "both are shown out");
  });

  it("turns away more devices than it has room for, until one goes", async () => {
    const broker = await start({ port: 0, maxConnections: 2 });
    const devices = [await connectAsync(broker.url), await connectAsync(broker.url)];
    const third = connect(broker.port, "127.0.0.1");
    third.on("error", () => {});
    await until(() => third.destroyed, "the third is turned away");
    await devices[0]!.endAsync();
    const again = await connectAsync(broker.url, { reconnectPeriod: 5 });
    for (const device of [devices[1]!, again]) await device.endAsync();
  });

  it.each([[[]], [["a/#/b"]]])("connection() rejects the filters %j", async (filters) => {
    const broker = await start();
    expect(() => broker.connection({ filters })).toThrow(
      expect.objectContaining({ code: "BAD_TOPIC_FILTER" }),
    );
  });
});
