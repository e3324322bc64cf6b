import { connectAsync } from "mqtt";
import { describe, expect, it } from "vitest";
import { Ledger } from "../../src/mqtt/index.js";
import { Line, MosquittoRig, numbers, use } from "../conformance/connection-rig.js";
import { lacksMosquitto, mosquittoHint } from "../support/mosquitto.js";
import { until } from "../support/until.js";

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

  skippable("publishes while nothing more is read", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const line = await rig.line({ ledger: new Ledger({ capacity: 8 }), receiveMaximum: 8 });
    const device = await rig.device();
    for (const n of numbers(1, 100)) await device.publish("in/a", n, { qos: 0 });
    await line.received(8);
    await line.connection.publish({ topic: "out/a", payload: "not behind them", qos: 1 });
    expect(line.packets).toHaveLength(8);
  });

  skippable("both ways are given up when one of them is lost, and come back together", async () => {
    const rig = await use(() => MosquittoRig.start(protocol));
    const line = await rig.line();
    await connectAsync(rig.mosquitto.url, { clientId: "eddy-test-out", reconnectPeriod: 0 });
    await line.online(2);
    await line.connection.publish({ topic: "out/a", payload: "heard", qos: 1 });
    const device = await rig.device();
    await device.publish("in/a", "1");
    await line.received(1);
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
    const ledger = new Ledger({ entries: [{ packetId: 1, qos: 1, hash: 12345 }] });
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
