import type { IConnackPacket, IPublishPacket, MqttClient, Packet } from "mqtt";
import { problem } from "../core/index.js";
import type { OutboundMessage } from "./connection.js";
import { offline, publishRefused } from "./connection-checks.js";
import { bufferOf, clientOptions, type LinkOptions, publishProperties } from "./link-options.js";
import { mqttJs } from "./mqtt-js.js";

/** A PUBLISH off the wire; `packetId` is 0 at QoS 0. */
export interface LinkPacket {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly isDuplicate: boolean;
  readonly packetId: number;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
}

/**
 * Why a link ended: the broker does not speak this protocol, it hung up before it answered CONNECT (as
 * some do that do not speak it), its session was taken over, or anything else.
 */
export interface LinkDown {
  readonly why: string;
  readonly cause: "protocol" | "silence" | "other";
}

export interface LinkEvents {
  /** CONNACK says yes; comes before any packet. */
  onAccepted(sessionPresent: boolean): void;
  /** It may be used. */
  onConnected(): void;
  onPacket(packet: LinkPacket): void;
  /** The broker is done with a QoS 2 packet (PUBREL). */
  onReleased(packetId: number): void;
  /** The last event, exactly once. */
  onDown(down: LinkDown): void;
}

/** Says "not now" to mqtt.js, which would acknowledge the packet: it then goes on with the next one. */
const HELD = new Error("The packet is acknowledged once it is committed");

/** 3.1.1 has no Receive Maximum: this many publishes wait for their PUBACK, enough for 5,000 a second at 50 ms. */
const UNANSWERED_ON_3_1_1 = 256;

/** How long an orderly end waits for the broker. */
const END_MS = 2_000;

const BAD_PROTOCOL = new Set([1, 132]);

interface Outgoing {
  readonly message: OutboundMessage;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * One network connection to a broker, from CONNECT to its end; a reconnect is a new link. The only file
 * that leans on a private part of mqtt.js (5.16.0, pinned): `_sendPacket`, by which acknowledgements go
 * out after mqtt.js has long taken the next packets (test/conformance/connection.test.ts watches it).
 * mqtt.js's own reconnecting, queues and stores are not used: a link holds nothing that outlives it.
 */
export class MqttLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #client: MqttClient;
  /** QoS 2 packets that wait for PUBREC. */
  readonly #exactlyOnce = new Set<number>();
  /** Sent, and not yet answered. */
  readonly #unanswered = new Set<Outgoing>();
  /** Held back by the broker's Receive Maximum. */
  #waiting: Outgoing[] = [];
  #window = UNANSWERED_ON_3_1_1;
  #maximumPacketSize = Number.POSITIVE_INFINITY;
  #isAccepted = false;
  #isDown = false;
  /** Runs while nothing is read. */
  #pinging: NodeJS.Timeout | undefined;
  #goOn = (): void => {};
  #why: string | undefined;
  #error: Error | undefined;
  #onIdle = (): void => {};
  #onEnded = (): void => {};
  #ending: Promise<void> | undefined;

  /** Starts to connect. @throws Error what the TLS library says of a certificate or key it cannot read */
  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    const client = mqttJs().connect(options.url, clientOptions(options));
    this.#client = client;
    client.handleMessage = (packet, done) => {
      this.#onPublish(packet);
      if (this.#pinging === undefined) done(HELD);
      else this.#goOn = () => done(HELD);
    };
    client.on("packetreceive", (packet) => this.#onReceive(packet));
    client.on("connect", () => events.onConnected());
    client.on("disconnect", ({ reasonCode }) => {
      this.#why ??= `the broker ended the connection: ${reasonText(reasonCode)}`;
    });
    client.on("error", (error) => {
      this.#error ??= error;
    });
    client.on("close", () => this.#onClose());
  }

  /**
   * Subscribes. Where the subscription stands already, its retained messages are not sent again
   * (MQTT 5), and a client does not hear itself (MQTT 5).
   *
   * @returns filters that the broker takes at a lower QoS only
   * @throws Error code `SUBSCRIPTION_REFUSED`
   */
  async subscribe(filters: readonly string[], qos: 1 | 2 = 1): Promise<string[]> {
    const settings = this.#options.protocol === "5" ? ({ qos, nl: true, rh: 1 } as const) : { qos };
    const granted = await new Promise<number[]>((resolve, reject) => {
      this.#client.subscribe([...filters], settings, (error, _subscriptions, packet) => {
        const codes = packet?.granted?.map(Number);
        if (codes) resolve(codes);
        else reject(error ?? new Error("SUBACK without reason codes"));
      });
    });
    const refused = filters.filter((_, i) => (granted[i] ?? 0x80) >= 0x80);
    if (refused.length > 0) {
      const codes = granted.filter((code) => code >= 0x80).map(reasonText);
      throw problem(Error, {
        code: "SUBSCRIPTION_REFUSED",
        action: "subscribe to",
        on: refused.map((filter) => JSON.stringify(filter)).join(", "),
        expected: `the broker to grant QoS ${qos}`,
        found: [...new Set(codes)].join(", ") || "no answer for it",
      });
    }
    return filters.filter((_, i) => (granted[i] ?? 0) < qos);
  }

  /** PUBACK, or PUBREC for a packet that came at QoS 2. */
  acknowledge(packetId: number): void {
    if (this.#isDown) return;
    const cmd = this.#exactlyOnce.delete(packetId) ? "pubrec" : "puback";
    this.#client["_sendPacket"]({ cmd, messageId: packetId, reasonCode: 0 });
  }

  /** PUBCOMP: the packet id is free again. */
  complete(packetId: number): void {
    if (!this.#isDown) this.#client["_sendPacket"]({ cmd: "pubcomp", messageId: packetId });
  }

  /** Reads nothing more behind the packet that is being handed over, until `readOn()`; the network then holds back the broker. */
  hold(): void {
    // Unread, the broker's answers to pings would be missed.
    this.#pinging ??= setInterval(
      () => {
        this.#client.sendPing();
        this.#client.reschedulePing(true);
      },
      (this.#options.keepAliveSeconds * 1000) / 2,
    );
  }

  readOn(): void {
    if (this.#pinging === undefined) return;
    clearInterval(this.#pinging);
    this.#pinging = undefined;
    const goOn = this.#goOn;
    this.#goOn = () => {};
    goOn();
  }

  /**
   * Publishes; at QoS 1 resolves at PUBACK and waits for its turn in the broker's Receive Maximum.
   *
   * @throws Error code `OFFLINE` when the link ends first, `PUBLISH_REFUSED` when the broker says no
   */
  publish(message: OutboundMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      const outgoing = { message, resolve, reject };
      if (this.#isDown) reject(offline(message.topic, this.#why));
      else if (this.#unanswered.size >= this.#window) this.#waiting.push(outgoing);
      else this.#send(outgoing);
    });
  }

  /** Waits for publishes under way and disconnects cleanly: the broker keeps the session and drops the will. */
  end(why: string): Promise<void> {
    if (this.#isDown) return Promise.resolve();
    this.#why ??= why;
    this.#ending ??= new Promise((resolve) => {
      const timer = setTimeout(() => this.#client.stream.destroy(), END_MS);
      this.#onEnded = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#onIdle = () => {
        if (this.#unanswered.size === 0 && this.#waiting.length === 0) this.#client.end(!this.#isAccepted);
      };
      this.#onIdle();
    });
    return this.#ending;
  }

  #onReceive(packet: Packet): void {
    if (packet.cmd === "connack") {
      this.#onConnack(packet);
    } else if (packet.cmd === "publish" && packet.qos === 2 && packet.messageId !== undefined) {
      // Taken for QoS 1, so that mqtt.js does not send PUBREC before the packet is committed.
      this.#exactlyOnce.add(packet.messageId);
      packet.qos = 1;
    } else if (packet.cmd === "pubrel" && packet.messageId !== undefined) {
      const { messageId } = packet;
      // Taken out of mqtt.js's hands, so that it does not send PUBCOMP before the release is committed.
      Object.assign(packet, { cmd: "released" });
      this.#client.reschedulePing();
      this.#events.onReleased(messageId);
    }
  }

  #onConnack({ reasonCode, returnCode, sessionPresent, properties }: IConnackPacket): void {
    if ((this.#options.protocol === "5" ? reasonCode : returnCode) !== 0 || this.#isAccepted) return;
    this.#isAccepted = true;
    if (this.#options.protocol === "5") {
      this.#window = properties?.receiveMaximum ?? 65_535;
      this.#maximumPacketSize = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    }
    this.#events.onAccepted(sessionPresent);
  }

  #onPublish({ topic, payload, qos, retain, dup, messageId = 0, properties }: IPublishPacket): void {
    this.#events.onPacket({
      responseTopic: properties?.responseTopic,
      correlationData: properties?.correlationData,
      topic,
      payload: typeof payload === "string" ? Buffer.from(payload) : payload,
      qos: this.#exactlyOnce.has(messageId) ? 2 : qos,
      retain,
      isDuplicate: dup,
      packetId: qos === 0 ? 0 : messageId,
    });
  }

  #send(outgoing: Outgoing): void {
    const { message, resolve, reject } = outgoing;
    const bytes = sizeBound(message);
    if (bytes > this.#maximumPacketSize) {
      reject(publishRefused(message.topic, `at most ${this.#maximumPacketSize} bytes`, `about ${bytes}`));
      return;
    }
    this.#unanswered.add(outgoing);
    const { topic, payload, qos, retain = false } = message;
    const properties = publishProperties(message, this.#options.protocol);
    this.#client.publish(topic, bufferOf(payload), { qos, retain, ...properties }, (error) => {
      if (!this.#unanswered.delete(outgoing)) return;
      if (!error) resolve();
      else if ("code" in error) reject(publishRefused(topic, "the broker to take it", error.message, error));
      else reject(offline(topic, error.message));
      const next = this.#waiting.shift();
      if (next) this.#send(next);
      this.#onIdle();
    });
  }

  #onClose(): void {
    if (this.#isDown) return;
    this.#isDown = true;
    clearInterval(this.#pinging);
    const down = this.#describeDown();
    this.#why = down.why;
    const lost = [...this.#unanswered, ...this.#waiting];
    this.#unanswered.clear();
    this.#waiting = [];
    for (const { message, reject } of lost) reject(offline(message.topic, down.why));
    this.#onEnded();
    this.#events.onDown(down);
  }

  #describeDown(): LinkDown {
    const error = this.#error;
    const code = error && "code" in error ? error.code : undefined;
    if (this.#why !== undefined) return { why: this.#why, cause: "other" };
    if (this.#isAccepted) return { why: error ? errorText(error) : "connection lost", cause: "other" };
    if (typeof code === "number") {
      return { why: errorText(error), cause: BAD_PROTOCOL.has(code) ? "protocol" : "other" };
    }
    const isSilence = code === undefined || code === "ECONNRESET" || code === "EPIPE";
    const why = error ? errorText(error) : "the broker closed the connection before it answered CONNECT";
    return { why, cause: isSilence ? "silence" : "other" };
  }
}

/** Bytes on the wire, at most. */
function sizeBound({ topic, payload, contentType = "", eddyId = "" }: OutboundMessage): number {
  const payloadBytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
  const texts = Buffer.byteLength(topic) + Buffer.byteLength(contentType) + Buffer.byteLength(eddyId);
  return payloadBytes + texts + 64;
}

function reasonText(code: number | undefined): string {
  const texts: Readonly<Record<number, string>> = mqttJs().ReasonCodes;
  return `${texts[code ?? 0] || "no reason given"} (${code ?? 0})`;
}

/** An `AggregateError`, when each of a host's addresses failed, has no message of its own. */
function errorText(error: Error | undefined): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(errorText).join("; ");
  return error?.message ?? "unknown error";
}
