import { describe, expect, it } from "vitest";
import { lacksMosquitto, mosquittoHint } from "../support/mosquitto.js";
import { until } from "../support/until.js";
import { embeddedRig, MosquittoRig, numbers, type Rig, use } from "./connection-rig.js";

const kinds: [string, boolean, () => Promise<Rig>][] = [
  ["embedded", false, embeddedRig],
  [`Mosquitto over MQTT 5${mosquittoHint}`, lacksMosquitto, () => MosquittoRig.start("5")],
  [`Mosquitto over MQTT 3.1.1${mosquittoHint}`, lacksMosquitto, () => MosquittoRig.start("3.1.1")],
];

for (const [name, isSkipped, start] of kinds) {
  describe.skipIf(isSkipped)(`Connection, ${name}`, () => {
    it("hands over packets in the order in which they were sent", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      const sent = Promise.all(numbers(1, 200).map((n) => device.publish("in/a", n)));
      for (let i = 0; i < 200; i++) {
        await line.received(i + 1);
        line.packet(i).acknowledge();
      }
      await sent;
      expect(line.texts).toEqual(numbers(1, 200));
      expect(line.packet(0)).toMatchObject({ topic: "in/a", qos: 1, retain: false });
    });

    it("hands over a refused packet again", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      const sent = device.publish("in/a", "1");
      await line.received(1);
      line.packet(0).refuse();
      await line.received(2);
      line.packet(1).acknowledge();
      await sent;
      expect(line.texts).toEqual(["1", "1"]);
    });

    it("hands over packets at QoS 0, whose settling is nobody's business", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      for (const n of numbers(1, 3)) await device.publish("in/a", n, { qos: 0 });
      await line.received(1);
      line.packet(0).refuse();
      await line.received(2);
      line.packet(1).acknowledge();
      await line.received(3);
      expect(line.texts).toEqual(numbers(1, 3));
      expect(line.packet(0).ledger).toBeUndefined();
    });

    it("settles a packet once", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      const sent = device.publish("in/a", "1");
      await line.received(1);
      line.packet(0).acknowledge();
      await sent;
      expect(() => line.packet(0).refuse()).toThrow(
        expect.objectContaining({ code: "PACKET_SETTLED_TWICE" }),
      );
    });

    it("marks what was retained before it came", async () => {
      const rig = await use(start);
      const device = await rig.device();
      await device.publish("in/kept", "old", { retain: true });
      await device.publish("elsewhere", "old", { retain: true });
      const line = await rig.line();
      await line.received(1);
      line.packet(0).acknowledge();
      const sent = device.publish("in/a", "new", { retain: true });
      await line.received(2);
      line.packet(1).acknowledge();
      await sent;
      expect(line.packets.map(({ topic, retain }) => [topic, retain])).toEqual([
        ["in/kept", true],
        ["in/a", false],
      ]);
    });

    it("lets a payload of 10 MB through", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      const payload = Buffer.alloc(10_000_000, "eddy");
      const sent = device.publish("in/large", payload);
      await line.received(1);
      expect(Buffer.compare(Buffer.from(line.packet(0).payload), payload)).toBe(0);
      line.packet(0).acknowledge();
      await sent;
    });

    it("publishes to whoever subscribes, and not to itself", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      const heard: string[] = [];
      await device.subscribe("out/#", (topic, payload) => heard.push(`${topic} ${Buffer.from(payload)}`));
      await line.connection.publish({ topic: "out/a", payload: "text", qos: 1 });
      await line.connection.publish({ topic: "out/b", payload: new TextEncoder().encode("bytes"), qos: 0 });
      await until(() => heard.length === 2, "both messages are heard");
      expect(heard).toEqual(["out/a text", "out/b bytes"]);
    });

    it("publish() keeps a retained message for later subscribers", async () => {
      const rig = await use(start);
      const line = await rig.line();
      await line.connection.publish({ topic: "out/a", payload: "last", qos: 1, retain: true });
      const device = await rig.device();
      const heard: [string, boolean][] = [];
      await device.subscribe("out/#", (_, payload, { retain }) =>
        heard.push([`${Buffer.from(payload)}`, retain]),
      );
      await until(() => heard.length === 1, "the retained message is heard");
      expect(heard).toEqual([["last", true]]);
    });

    it("publish() rejects with OFFLINE before open() and after close()", async () => {
      const rig = await use(start);
      const offline = expect.objectContaining({ code: "OFFLINE" });
      await expect(rig.connection().publish({ topic: "out/a", payload: "", qos: 1 })).rejects.toEqual(
        offline,
      );
      const line = await rig.line();
      await line.connection.close();
      await expect(line.connection.publish({ topic: "out/a", payload: "", qos: 1 })).rejects.toEqual(offline);
    });

    it("publish() rejects a topic that is none", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const bad = line.connection.publish({ topic: "out/+", payload: "", qos: 1 });
      await expect(bad).rejects.toEqual(expect.objectContaining({ code: "BAD_TOPIC" }));
    });

    it("open() rejects a second time", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const again = () => line.connection.open({ onPacket: () => {}, onState: () => {} });
      expect(again).toThrow(expect.objectContaining({ code: "CONNECTION_OPENED_TWICE" }));
    });

    it("pause() hands over nothing more, while publishing goes on", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      const heard: string[] = [];
      await device.subscribe("out/#", (topic) => heard.push(topic));
      const first = device.publish("in/a", "1");
      await line.received(1);
      line.connection.pause();
      line.packet(0).acknowledge();
      await first;
      await device.publish("in/a", "2", { qos: 0 });
      await line.connection.publish({ topic: "out/a", payload: "", qos: 1 });
      await until(() => heard.length === 1, "the message is heard");
      expect(line.texts).toEqual(["1"]);
    });

    it("close() hands over nothing more", async () => {
      const rig = await use(start);
      const line = await rig.line();
      const device = await rig.device();
      await line.connection.close();
      await device.publish("in/a", "late", { qos: 0 });
      // A second subscriber hears the message: it has been through the broker.
      const heard: string[] = [];
      await device.subscribe("other/#", (topic) => heard.push(topic));
      await device.publish("other/a", "mark");
      await until(() => heard.length === 1, "the mark is heard");
      expect(line.packets).toEqual([]);
    });
  });
}
