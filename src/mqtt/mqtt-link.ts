import type { Duplex } from "node:stream";
import type { IClientOptions, IConnackPacket, MqttClient } from "mqtt";
import { problem } from "../core/index.js";
import type { OnPublished, OutboundMessage } from "./connection.js";
import { offline, publishRefused } from "./connection-checks.js";
import { clientOptions, type LinkOptions } from "./link-options.js";
import { mqttJs } from "./mqtt-js.js";
import { PacketTable } from "./packet-table.js";
import { ExpressLane } from "./wire/express-lane.js";
import type { LinkPacket } from "./wire/packet-reader.js";
import { wireSize } from "./wire/packet-writer.js";

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

/** 3.1.1 has no Receive Maximum: this many publishes wait for their PUBACK, enough for 5,000 a second at 50 ms. */
const UNANSWERED_ON_3_1_1 = 256;

/** How long an orderly end waits for the broker. */
const END_MS = 2_000;

const BAD_PROTOCOL = new Set([1, 132]);

const PACKET_IDS = 65_535;

interface Outgoing {
  readonly message: OutboundMessage;
  readonly onPublished: OnPublished;
}

/** What is remembered of a message on its way. */
interface Sent {
  /** 0 at QoS 0. */
  packetId: number;
  topic: string;
  onPublished: OnPublished;
}

/**
 * One network connection to a broker, from CONNECT to its end; a reconnect is a new link. mqtt.js connects,
 * subscribes, pings and disconnects; events and their answers pass beside it (`ExpressLane`), which takes the one private
 * thing that is leaned on here, `streamBuilder` (5.16.0, pinned; test/conformance/connection.test.ts watches it).
 * mqtt.js's own reconnecting, queues and stores are not used: a link holds nothing that outlives it.
 */
export class MqttLink {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #client: MqttClient;
  #lane: ExpressLane | undefined;
  /** QoS 2 packets that wait for PUBREC. */
  readonly #exactlyOnce = new Set<number>();
  /** Sent at QoS 1 and not yet answered, by packet id. */
  readonly #unanswered = new PacketTable<Sent>();
  /** Used again: they live for thousands of packets, so that new ones would be moved by each collection of garbage. */
  readonly #spare: Sent[] = [];
  /** Sent at QoS 0 and not yet handed to the network, in order. */
  #unwritten: Sent[] = [];
  /** Held back by the broker's Receive Maximum. */
  #waiting: Outgoing[] = [];
  #packetId = 0;
  #window = UNANSWERED_ON_3_1_1;
  #maximumPacketSize = Number.POSITIVE_INFINITY;
  #isAccepted = false;
  #isDown = false;
  /** Runs while nothing is read. */
  #pinging: NodeJS.Timeout | undefined;
  #pingedAt = performance.now();
  #why: string | undefined;
  #error: Error | undefined;
  #onIdle = (): void => {};
  #onEnded = (): void => {};
  #ending: Promise<void> | undefined;

  /** Starts to connect. @throws Error what the TLS library says of a certificate or key it cannot read */
  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    const client = mqttJs().connect(options.url, { ...clientOptions(options), manualConnect: true });
    this.#client = client;
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "connack") this.#onConnack(packet);
    });
    client.on("connect", () => events.onConnected());
    client.on("disconnect", ({ reasonCode }) => {
      this.#why ??= `the broker ended the connection: ${reasonText(reasonCode)}`;
    });
    client.on("error", (error) => {
      this.#error ??= error;
    });
    client.on("close", () => this.#onClose());
    const build = client["streamBuilder"];
    client["streamBuilder"] = (of: MqttClient, settings?: IClientOptions) =>
      this.#openLane(build(of, settings));
    client.connect();
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
    this.#lane?.answer(this.#exactlyOnce.delete(packetId) ? "pubrec" : "puback", packetId);
  }

  /** PUBCOMP: the packet id is free again. */
  complete(packetId: number): void {
    if (!this.#isDown) this.#lane?.answer("pubcomp", packetId);
  }

  /** Reads nothing more behind the packet that is being handed over, until `readOn()`; the network then holds back the broker. */
  hold(): void {
    if (this.#pinging !== undefined) return;
    // Unread, the broker's answers to pings would be missed.
    this.#pinging = setInterval(() => this.#ping(), (this.#options.keepAliveSeconds * 1000) / 2);
    this.#lane?.hold();
  }

  readOn(): void {
    if (this.#pinging === undefined) return;
    clearInterval(this.#pinging);
    this.#pinging = undefined;
    this.#lane?.readOn();
  }

  /**
   * Publishes; at QoS 1 done at PUBACK, and it waits for its turn in the broker's Receive Maximum.
   *
   * @param onPublished told of an error with code `OFFLINE` when the link ends first, `PUBLISH_REFUSED` when the broker says no
   */
  publish(message: OutboundMessage, onPublished: OnPublished): void {
    if (this.#isDown) onPublished(offline(message.topic, this.#why));
    else if (this.#unanswered.size >= this.#window) this.#waiting.push({ message, onPublished });
    else this.#send(message, onPublished);
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
        if (this.#unanswered.size > 0 || this.#unwritten.length > 0 || this.#waiting.length > 0) return;
        this.#lane?.flush();
        this.#client.end(!this.#isAccepted);
      };
      this.#onIdle();
    });
    return this.#ending;
  }

  #openLane(network: Duplex): ExpressLane {
    const { protocol, maxPacketBytes } = this.#options;
    this.#lane = new ExpressLane(
      network,
      { is5: protocol === "5", maxPacketBytes },
      {
        onPublish: (packet) => {
          if (packet.qos === 2) this.#exactlyOnce.add(packet.packetId);
          this.#events.onPacket(packet);
        },
        onPuback: (packetId, reasonCode) => this.#onPuback(packetId, reasonCode),
        onPubrel: (packetId) => this.#events.onReleased(packetId),
        onWritten: (count) => this.#onWritten(count),
        onTraffic: () => this.#onTraffic(),
      },
    );
    return this.#lane;
  }

  /** What comes shows that the broker is there: the answer to a ping may stand behind much of it. */
  #onTraffic(): void {
    if (!this.#isAccepted || performance.now() - this.#pingedAt < this.#options.keepAliveSeconds * 500)
      return;
    this.#ping();
  }

  #ping(): void {
    this.#pingedAt = performance.now();
    this.#lane?.flush();
    this.#client.sendPing();
    this.#client.reschedulePing(true);
  }

  #onConnack({ reasonCode, returnCode, sessionPresent, properties }: IConnackPacket): void {
    if ((this.#options.protocol === "5" ? reasonCode : returnCode) !== 0 || this.#isAccepted) return;
    this.#isAccepted = true;
    if (this.#options.protocol === "5") {
      this.#window = properties?.receiveMaximum ?? 65_535;
      this.#maximumPacketSize = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    }
    this.#events.onAccepted(sessionPresent);
    this.#lane?.open();
  }

  #send(message: OutboundMessage, onPublished: OnPublished): void {
    const { topic } = message;
    const excess = this.#excess(message);
    if (excess !== undefined) {
      onPublished(publishRefused(topic, `at most ${this.#maximumPacketSize} bytes`, `about ${excess}`));
    } else if (message.qos === 0) {
      this.#unwritten.push(this.#remember(0, topic, onPublished));
      this.#lane?.publish(message, 0);
    } else {
      const packetId = this.#nextPacketId();
      this.#unanswered.set(this.#remember(packetId, topic, onPublished));
      this.#lane?.publish(message, packetId);
    }
  }

  #remember(packetId: number, topic: string, onPublished: OnPublished): Sent {
    const sent = this.#spare.pop() ?? { packetId, topic, onPublished };
    sent.packetId = packetId;
    sent.topic = topic;
    sent.onPublished = onPublished;
    return sent;
  }

  #onWritten(count: number): void {
    for (const sent of this.#unwritten.splice(0, count)) {
      const { onPublished } = sent;
      this.#spare.push(sent);
      onPublished();
    }
    this.#onIdle();
  }

  /** How large a message is that the broker would not take; undefined: it takes it. */
  #excess(message: OutboundMessage): number | undefined {
    if (this.#maximumPacketSize === Number.POSITIVE_INFINITY) return undefined;
    const bytes = wireSize(message);
    return bytes > this.#maximumPacketSize ? bytes : undefined;
  }

  #onPuback(packetId: number, reasonCode: number): void {
    const sent = this.#unanswered.delete(packetId);
    if (sent === undefined) return;
    const { topic, onPublished } = sent;
    this.#spare.push(sent);
    if (reasonCode < 128) onPublished();
    else onPublished(publishRefused(topic, "the broker to take it", reasonText(reasonCode)));
    const next = this.#waiting.shift();
    if (next) this.#send(next.message, next.onPublished);
    this.#onIdle();
  }

  /** While messages wait for their PUBACK mqtt.js sends nothing that has a packet id. */
  #nextPacketId(): number {
    do this.#packetId = (this.#packetId % PACKET_IDS) + 1;
    while (this.#unanswered.has(this.#packetId));
    return this.#packetId;
  }

  #onClose(): void {
    if (this.#isDown) return;
    this.#isDown = true;
    clearInterval(this.#pinging);
    const down = this.#describeDown();
    this.#why = down.why;
    const waiting = this.#waiting.map(({ message, onPublished }) => ({ topic: message.topic, onPublished }));
    const lost = [...this.#unanswered.values(), ...this.#unwritten, ...waiting];
    this.#unanswered.clear();
    this.#unwritten = [];
    this.#waiting = [];
    for (const { topic, onPublished } of lost) onPublished(offline(topic, down.why));
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

function reasonText(code: number | undefined): string {
  const texts: Readonly<Record<number, string>> = mqttJs().ReasonCodes;
  return `${texts[code ?? 0] || "no reason given"} (${code ?? 0})`;
}

/** An `AggregateError`, when each of a host's addresses failed, has no message of its own. */
function errorText(error: Error | undefined): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(errorText).join("; ");
  return error?.message ?? "unknown error";
}
