import { afterEach, describe, expect, it } from "vitest";
import { Ledger } from "../../src/mqtt/index.js";
import { lacksMosquitto, mosquittoHint } from "../support/mosquitto.js";
import { until } from "../support/until.js";
import { embeddedRig, Line, MosquittoRig, type Rig } from "./connection-rig.js";

const kinds: [string, boolean, () => Promise<Rig>][] = [
  ["embedded", false, embeddedRig],
  [`Mosquitto over MQTT 5${mosquittoHint}`, lacksMosquitto, () => MosquittoRig.start("5")],
  [`Mosquitto over MQTT 3.1.1${mosquittoHint}`, lacksMosquitto, () => MosquittoRig.start("3.1.1")],
];

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function use<R extends Rig>(start: () => Promise<R>): Promise<R> {
  const rig = await start();
  undo.push(() => rig.dispose());
  return rig;
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

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

describe("Connection, embedded", () => {
  it("holds back a device's PUBACK until its packet is acknowledged", async () => {
    const rig = await use(embeddedRig);
    const line = await rig.line();
    const device = await rig.device();
    let isAnswered = false;
    const sent = device.publish("in/a", "1").then(() => {
      isAnswered = true;
    });
    await line.received(1);
    const other = await rig.device();
    await other.publish("elsewhere", "answered at once");
    expect(isAnswered).toBe(false);
    line.packet(0).acknowledge();
    await sent;
  });

  it("holds it back until every pipeline that listens has acknowledged", async () => {
    const rig = await use(embeddedRig);
    const lines = [await rig.line(), await rig.line()] as const;
    const device = await rig.device();
    let isAnswered = false;
    const sent = device.publish("in/a", "1").then(() => {
      isAnswered = true;
    });
    for (const line of lines) await line.received(1);
    lines[0].packet(0).acknowledge();
    const other = await rig.device();
    await other.publish("elsewhere", "answered at once");
    expect(isAnswered).toBe(false);
    lines[1].packet(0).acknowledge();
    await sent;
  });

  it("keeps devices' packets for a connection that is not open yet", async () => {
    const rig = await use(embeddedRig);
    const connection = rig.connection();
    const device = await rig.device();
    const sent = device.publish("in/a", "early");
    const other = await rig.device();
    await other.publish("elsewhere", "answered at once");
    const line = new Line(connection);
    await line.received(1);
    line.packet(0).acknowledge();
    await sent;
    expect(line.texts).toEqual(["early"]);
  });

  it("hands one pipeline's results to another that listens, which settles them", async () => {
    const rig = await use(embeddedRig);
    const [first, second] = [await rig.line(), await rig.line()];
    const published = first.connection.publish({ topic: "in/result", payload: "p", qos: 1 });
    await second.received(1);
    second.packet(0).acknowledge();
    await published;
    expect(first.packets).toEqual([]);
  });
});

describe.each(["5", "3.1.1"] as const)(`Connection, Mosquitto over MQTT %s${mosquittoHint}`, (protocol) => {
  const skippable = it.skipIf(lacksMosquitto);

  skippable(
    "leaves un-acknowledged what is not acknowledged: the window fills, and opens in order of arrival",
    async () => {
      const rig = await use(() => MosquittoRig.start(protocol, { maxInflight: protocol === "5" ? 100 : 10 }));
      const line = await rig.line({ receiveMaximum: 10 });
      const device = await rig.device();
      for (const n of numbers(1, 30)) await device.publish("in/a", n);
      // At QoS 0 there is no window: these come behind all that the broker sends at QoS 1.
      const mark = async () => {
        const before = line.packets.length;
        await device.publish("in/mark", "mark", { qos: 0 });
        await until(() => line.texts.slice(before).includes("mark"), "the mark is there");
      };
      const data = () => line.packets.filter(({ topic }) => topic === "in/a");
      await mark();
      expect(data()).toHaveLength(10);

      // The tenth is committed first: its PUBACK waits for the nine before it.
      data()[9]?.acknowledge();
      await mark();
      expect(data()).toHaveLength(10);

      // How many come now is the broker's affair: Mosquitto 2.0.11 sends more than its window.
      for (const packet of data().slice(0, 9)) packet.acknowledge();
      await until(() => data().length >= 20, "the next ten are there");
      expect(
        data()
          .map(({ payload }) => `${payload}`)
          .slice(0, 20),
      ).toEqual(numbers(1, 20));
    },
  );

  skippable("reads no further while as many packets as the ledger remembers are unsettled", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const line = await rig.line({ ledger: new Ledger({ capacity: 8 }), receiveMaximum: 8 });
    const device = await rig.device();
    for (const n of numbers(1, 100)) await device.publish("in/a", n, { qos: 0 });
    for (let settled = 0; settled < 100; settled++) {
      await line.received(Math.min(100, settled + 8));
      expect(line.packets.length).toBeLessThanOrEqual(settled + 8);
      line.packet(settled).acknowledge();
    }
    expect(line.texts).toEqual(numbers(1, 100));
  });

  skippable("waits for a broker that is away at the start", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    await rig.mosquitto.stop();
    const line = new Line(rig.connection({ url: rig.mosquitto.url }));
    await until(() => line.states.length > 0, "it is said that the broker is away");
    expect(line.states[0]).toMatchObject({ state: "offline", why: expect.stringContaining("ECONNREFUSED") });
    await rig.mosquitto.restart();
    await line.online();
    expect(line.states.at(-1)).toEqual({ state: "online", protocol, sessionPresent: false });
  });

  skippable("a kept session brings what was sent while it was away", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const first = await rig.line();
    await first.connection.close();
    const device = await rig.device();
    for (const n of numbers(1, 5)) await device.publish("in/a", n);
    const second = await rig.line();
    await second.received(5);
    expect(second.texts).toEqual(numbers(1, 5));
    expect(second.states).toEqual([{ state: "online", protocol, sessionPresent: true }]);
  });

  skippable(
    "packets in flight when the broker restarts are not handed over again, and then acknowledged",
    async () => {
      const rig = await use(() => MosquittoRig.start(protocol, { persistence: true }));
      const line = await rig.line();
      const device = await rig.device();
      for (const n of numbers(1, 6)) await device.publish("in/a", n);
      await line.received(6);
      for (const packet of line.packets.slice(0, 2)) packet.acknowledge();
      await rig.mosquitto.restart();
      await line.online(2);
      expect(line.states.at(-1)).toMatchObject({ sessionPresent: true });

      const other = await rig.device();
      await other.publish("in/a", "7");
      await line.received(7);
      for (const packet of line.packets.slice(2)) packet.acknowledge();
      expect(line.texts).toEqual(numbers(1, 7));
      await line.connection.close();

      // A stranger to the ledger, in the same session: what it does not get is acknowledged.
      const stranger = await rig.line();
      await other.publish("in/a", "8");
      await stranger.received(1);
      expect(stranger.texts).toEqual(["8"]);
    },
  );

  skippable("what was committed before a crash, and not acknowledged, is known from the ledger", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const first = await rig.line();
    const device = await rig.device();
    for (const n of numbers(1, 5)) await device.publish("in/a", n);
    await first.received(5);
    const entries = first.packets.slice(0, 3).flatMap(({ ledger }) => ledger ?? []);
    rig.proxy.holdUplink();
    for (const packet of first.packets.slice(0, 3)) packet.acknowledge();
    const closed = first.connection.close();
    rig.proxy.cut();
    await closed;
    rig.proxy.release();

    const ledger = new Ledger({ entries });
    const second = await rig.line({ ledger });
    await second.received(2);
    await device.publish("in/a", "6");
    await second.received(3);
    expect(second.texts).toEqual(["4", "5", "6"]);
    expect(ledger.isExact).toBe(true);
  });

  skippable("without the session the ledger is void", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const ledger = new Ledger({ entries: [{ packetId: 1, hash: "0123456789abcdef" }] });
    const line = await rig.line({ ledger });
    expect(line.states).toEqual([{ state: "online", protocol, sessionPresent: false }]);
    expect(ledger.size).toBe(0);
    expect(rig.logged).toContain("the broker has not kept the session");
  });

  skippable("a refused packet comes again after those in flight are settled, the others do not", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const line = await rig.line();
    const device = await rig.device();
    for (const n of numbers(1, 4)) await device.publish("in/a", n);
    await line.received(4);
    line.packet(1).refuse();
    expect(line.isOnline).toBe(true);
    for (const i of [0, 2, 3]) line.packet(i).acknowledge();
    await line.online(2);
    await line.received(5);
    line.packet(4).acknowledge();
    await device.publish("in/a", "5");
    await line.received(6);
    expect(line.texts).toEqual(["1", "2", "3", "4", "2", "5"]);
  });

  skippable("publish() rejects with OFFLINE when the connection is lost before the PUBACK", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const line = await rig.line();
    rig.proxy.holdUplink();
    const lost = line.connection.publish({ topic: "out/a", payload: "lost", qos: 1 });
    const rejected = expect(lost).rejects.toEqual(expect.objectContaining({ code: "OFFLINE" }));
    rig.proxy.cut();
    await rejected;
    rig.proxy.release();
    await line.online(2);
    await line.connection.publish({ topic: "out/a", payload: "again", qos: 1 });
  });

  skippable("the will is published when the process dies, and not after close()", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const will = { topic: "out/status", payload: "offline", qos: 1, retain: true } as const;
    const line = await rig.line({ will });
    const device = await rig.device();
    const heard: string[] = [];
    await device.subscribe("out/#", (_, payload) => heard.push(`${Buffer.from(payload)}`));
    rig.proxy.cut();
    await until(() => heard.length === 1, "the will is heard");

    await line.online(2);
    await line.connection.close();
    await device.publish("out/mark", "mark");
    await until(() => heard.includes("mark"), "the mark is heard");
    expect(heard).toEqual(["offline", "mark"]);
  });
});
