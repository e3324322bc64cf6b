import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aedes } from "aedes";
import { connectAsync } from "mqtt";
import { afterEach, describe, expect, it } from "vitest";
import {
  type BrokerConnectionOptions,
  brokerConnection,
  connectClient,
  Ledger,
} from "../../src/mqtt/index.js";
import { Line, MosquittoRig } from "../conformance/connection-rig.js";
import { freePort, lacksMosquitto, mosquittoHint } from "../support/mosquitto.js";
import { until } from "../support/until.js";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A broker that speaks 3.1.1 only; `hangsUpOn5` says nothing to MQTT 5, as old ones do. */
async function oldBroker(
  options: {
    hangsUpOn5?: boolean;
    refusesSubscriptions?: () => boolean;
    letsIn?: (client: string) => boolean;
  } = {},
) {
  const aedes = await Aedes.createBroker({
    authenticate: ({ id }, _user, _password, done) => done(null, options.letsIn?.(id) ?? true),
    authorizeSubscribe: (_client, subscription, done) => {
      done(null, options.refusesSubscriptions?.() ? null : subscription);
    },
  });
  let connects = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.once("data", (connect) => {
      connects++;
      const level = connect[connect.indexOf("MQTT") + 4];
      if (options.hangsUpOn5 && level === 5) {
        socket.destroy();
        return;
      }
      sockets.add(socket);
      socket.unshift(connect);
      aedes.handle(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  undo.push(async () => {
    server.close();
    await new Promise<void>((resolve) => aedes.close(resolve));
  });
  return {
    url: `mqtt://127.0.0.1:${port}`,
    get connects() {
      return connects;
    },
    /** Tears down every connection. */
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function openLine(options: Partial<BrokerConnectionOptions> & { url: string }): Line & { logged: string[] } {
  const logged: string[] = [];
  const connection = brokerConnection({
    clientId: "eddy-test",
    filters: ["in/#"],
    reconnect: { minMs: 5, maxMs: 50 },
    ledger: new Ledger(),
    log: (message) => logged.push(message),
    ...options,
  });
  const line = Object.assign(new Line(connection), { logged });
  undo.push(() => connection.close());
  return line;
}

describe("brokerConnection()", () => {
  it.each([false, true])(
    "falls back to 3.1.1, and stays there (broker that hangs up: %s)",
    async (hangsUpOn5) => {
      const broker = await oldBroker({ hangsUpOn5 });
      const line = openLine({ url: broker.url });
      await line.online();
      expect(line.states).toEqual([{ state: "online", protocol: "3.1.1", sessionPresent: false }]);
      expect(line.logged.filter((message) => message.includes("trying 3.1.1"))).toHaveLength(1);

      const before = broker.connects;
      broker.cut();
      await line.online(2);
      expect(line.states.at(-1)).toMatchObject({ protocol: "3.1.1", sessionPresent: true });
      // One for what comes in, one for what goes out.
      expect(broker.connects).toBe(before + 2);
    },
  );

  it("publishes by the connection that it has where the broker refuses a second", async () => {
    const { url } = await oldBroker({ letsIn: (client) => !client.endsWith("-out") });
    const line = openLine({ url, protocol: "3.1.1" });
    await line.online();
    expect(line.logged).toEqual([
      expect.stringMatching(/^publishes share the connection of what comes in: ./),
    ]);
    await line.connection.publish({ topic: "in/own", payload: "heard", qos: 1 });
    await line.received(1);
    expect(line.texts).toEqual(["heard"]);
  });

  it("says which subscription is refused, and goes on trying", async () => {
    let isRefusing = true;
    const broker = await oldBroker({ refusesSubscriptions: () => isRefusing });
    const line = openLine({ url: broker.url, protocol: "3.1.1" });
    await until(() => line.states.length > 0, "the refusal is reported");
    expect(line.states[0]).toMatchObject({ state: "offline", why: expect.stringContaining('"in/#"') });
    isRefusing = false;
    await line.online();
  });

  it("close() ends it while the broker is away", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    const port = typeof address === "object" ? address?.port : undefined;
    const line = openLine({ url: `mqtt://127.0.0.1:${port}` });
    await until(() => line.states.length > 0, "it is offline");
    await line.connection.close();
    expect(line.states).toHaveLength(1);
  });

  it("close() ends it while the broker does not answer", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const accepted = once(server, "connection");
    const line = openLine({ url: `mqtt://127.0.0.1:${typeof address === "object" ? address?.port : 0}` });
    await accepted;
    await line.connection.close();
    server.close();
    expect(line.states).toEqual([]);
  });

  it.each([
    [{ url: "localhost:1883" }, "BAD_BROKER_URL"],
    [{ url: "http://localhost" }, "BAD_BROKER_URL"],
    [{ filters: [] }, "BAD_TOPIC_FILTER"],
    [{ filters: ["a/#/b"] }, "BAD_TOPIC_FILTER"],
    [{ receiveMaximum: 0 }, "BAD_RECEIVE_MAXIMUM"],
    [{ receiveMaximum: 5000 }, "BAD_RECEIVE_MAXIMUM"],
    [{ keepAliveSeconds: 0 }, "BAD_KEEP_ALIVE"],
  ])("rejects %j", (wrong, code) => {
    const right = { url: "mqtt://localhost", clientId: "eddy-test", filters: ["in/#"], ledger: new Ledger() };
    expect(() => brokerConnection({ ...right, ...wrong })).toThrow(expect.objectContaining({ code }));
  });

  it("does not show a password in an error", () => {
    const url = "http://user:secret@localhost";
    const options = { url, clientId: "eddy-test", filters: ["in/#"], ledger: new Ledger() };
    expect(() => brokerConnection(options)).toThrow(/^(?!.*secret)/);
  });
});

describe.skipIf(lacksMosquitto)(`brokerConnection() on Mosquitto${mosquittoHint}`, () => {
  async function rigOf(...options: Parameters<typeof MosquittoRig.start>): Promise<MosquittoRig> {
    const rig = await MosquittoRig.start(...options);
    undo.push(() => rig.dispose());
    return rig;
  }

  it("reports that it is not let in, and goes on trying", async () => {
    const rig = await rigOf("5", { isAnonymousAllowed: false });
    const line = new Line(rig.connection());
    await until(() => line.states.length > 0, "it is offline");
    expect(line.states[0]).toMatchObject({
      state: "offline",
      why: expect.stringContaining("Not authorized"),
    });
    await line.connection.close();
  });

  it("connects over TLS to a broker whose authority it trusts, and to no other", async () => {
    const directory = mkdtempSync(join(tmpdir(), "eddy-tls-"));
    undo.push(async () => rmSync(directory, { recursive: true, force: true }));
    const [cert, key] = [join(directory, "cert.pem"), join(directory, "key.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const kind = [
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
    ];
    execFileSync("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
    const port = await freePort();
    await rigOf("5", { lines: [`listener ${port}`, `certfile ${cert}`, `keyfile ${key}`] });

    const url = `mqtts://localhost:${port}`;
    const trusting = openLine({ url, ca: readFileSync(cert) });
    await trusting.online();
    const wary = openLine({ url, clientId: "eddy-wary" });
    await until(() => wary.states.length > 0, "the certificate is refused");
    expect(wary.states[0]).toMatchObject({ state: "offline", why: expect.stringMatching(/certificate/) });
  });

  it("lets go what only a subscription of an earlier run brings in", async () => {
    const rig = await rigOf("5");
    const first = await rig.line({ filters: ["in/old/#"] });
    await first.connection.close();
    const second = await rig.line({ filters: ["in/new/#"] });
    const device = await rig.device();
    await device.publish("in/old/a", "1");
    await device.publish("in/new/a", "2");
    await second.received(1);
    expect(second.texts).toEqual(["2"]);
    expect(rig.logged).toEqual(['packets of an earlier subscription are dropped, "in/old/a" first']);
  });

  it("does not ask again for retained messages in a session that stands (MQTT 5)", async () => {
    const rig = await rigOf("5");
    const device = await rig.device();
    await device.publish("in/kept", "kept", { retain: true });
    const first = await rig.line();
    await first.received(1);
    first.packet(0).acknowledge();
    await first.connection.close();
    const second = await rig.line();
    await device.publish("in/a", "new");
    await second.received(1);
    expect(second.texts).toEqual(["new"]);
  });

  it("takes QoS 2 once: PUBREC when acknowledged, known again until PUBREL, PUBCOMP when that is kept", async () => {
    const rig = await rigOf("5");
    // Subscribes, so that what follows waits for it.
    const before = await rig.line({ qos: 2 });
    await before.online(1);
    await before.connection.close();
    const device = await connectAsync(rig.mosquitto.url);
    undo.push(() => device.endAsync());
    for (const n of ["1", "2", "3"]) await device.publishAsync("in/a", n, { qos: 2 });

    const ledger = new Ledger();
    const released: number[] = [];
    let keep = (): void => {};
    const kept = new Promise<void>((resolve) => {
      keep = resolve;
    });
    const onReleased = (packetId: number) => {
      released.push(packetId);
      return kept;
    };
    const line = await rig.line({ ledger, qos: 2, onReleased });
    await line.received(3);
    line.packet(0).acknowledge();
    await until(() => ledger.size === 2, "the first is released");
    const [first] = released;
    rig.proxy.cut();
    await line.online(2);
    line.packet(1).acknowledge();
    line.packet(2).acknowledge();
    await until(() => ledger.size === 0, "all are released");
    // Nobody has kept it: the broker had no PUBCOMP, and releases the first again.
    await until(() => released.length === 4, "the first is released again");
    expect(released.filter((id) => id === first)).toHaveLength(2);
    keep();
    expect(line.packets.map(({ qos }) => qos)).toEqual([2, 2, 2]);
  });

  it("the broker keeps back what is larger than maxPacketBytes (MQTT 5)", async () => {
    const rig = await rigOf("5");
    const line = await rig.line({ maxPacketBytes: 1000 });
    const device = await rig.device();
    await device.publish("in/a", "x".repeat(2000));
    await device.publish("in/a", "small");
    await line.received(1);
    expect(line.texts).toEqual(["small"]);
  });

  it("publish() sends what MQTT 5 can say of a message", async () => {
    const rig = await rigOf("5");
    const line = await rig.line();
    const device = await rig.device();
    const heard: unknown[] = [];
    await device.subscribe("out/#", (_topic, _payload, properties) => heard.push(properties));
    await line.connection.publish({
      topic: "out/a",
      payload: "{}",
      qos: 1,
      expirySeconds: 60,
      contentType: "application/json",
      eddyId: "pump/7/1/prediction",
    });
    await until(() => heard.length === 1, "it is heard");
    expect(heard[0]).toMatchObject({
      contentType: "application/json",
      eddyId: "pump/7/1/prediction",
      expirySeconds: expect.any(Number),
    });
  });

  it("publish() keeps to the broker's Receive Maximum, and rejects what waits when the link is lost", async () => {
    const rig = await rigOf("5", { maxInflight: 5 });
    const line = await rig.line();
    const device = await rig.device();
    const heard: string[] = [];
    await device.subscribe("out/#", (topic) => heard.push(topic));
    rig.proxy.holdDownlink();
    const published = Array.from({ length: 20 }, (_, i) =>
      line.connection.publish({ topic: `out/${i}`, payload: "", qos: 1 }),
    );
    await until(() => heard.length === 5, "five are heard");
    await device.publish("out/mark", "");
    await until(() => heard.includes("out/mark"), "the mark is heard");
    expect(heard).toHaveLength(6);
    rig.proxy.release();
    await Promise.all(published);
    await until(() => heard.length === 21, "all are heard");

    rig.proxy.holdDownlink();
    const lost = Array.from({ length: 8 }, () =>
      line.connection.publish({ topic: "out/a", payload: "", qos: 1 }),
    );
    const settled = Promise.allSettled(lost);
    rig.proxy.cut();
    for (const outcome of await settled) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "OFFLINE" } });
    }
    rig.proxy.release();
  });

  it("publish() rejects what the broker would not take, by its Maximum Packet Size", async () => {
    const rig = await rigOf("5", { lines: ["max_packet_size 2000"] });
    const line = await rig.line();
    const large = line.connection.publish({ topic: "out/a", payload: "x".repeat(4000), qos: 1 });
    await expect(large).rejects.toMatchObject({ code: "PUBLISH_REFUSED" });
    await line.connection.publish({ topic: "out/a", payload: "small", qos: 1 });
  });

  it("starts with MQTT 5 where the broker speaks it", async () => {
    const rig = await rigOf("5");
    const line = openLine({ url: rig.mosquitto.url });
    await line.online();
    expect(line.states).toEqual([{ state: "online", protocol: "5", sessionPresent: false }]);
  });

  it("connectClient() hears what it subscribes to, on either protocol", async () => {
    const rig = await rigOf("5");
    for (const protocol of ["5", "3.1.1"] as const) {
      const client = await connectClient({ url: rig.mosquitto.url, protocol });
      const heard: string[] = [];
      await client.subscribe("a/+", (topic, payload) => heard.push(`${topic} ${Buffer.from(payload)}`));
      await client.subscribe("b", (topic) => heard.push(topic));
      await client.publish("a/1", "text");
      await client.publish("b", new Uint8Array([1]), { qos: 0 });
      await until(() => heard.length === 2, "both are heard");
      expect(heard).toEqual(["a/1 text", "b"]);
      await client.close();
    }
  });
});
