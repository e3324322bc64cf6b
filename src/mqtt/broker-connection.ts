import { matches, problem, validFilter, validTopic } from "../core/index.js";
import { AckQueue } from "./ack-queue.js";
import { backoffMs, type ReconnectOptions } from "./backoff.js";
import type { Connection, ConnectionHandlers, OutboundMessage } from "./connection.js";
import { HeldPacket } from "./held-packet.js";
import type { Ledger, LedgerRecord } from "./ledger.js";
import { type LinkDown, type LinkPacket, MqttLink, offline, type Protocol } from "./mqtt-link.js";
import { packetHash } from "./packet-hash.js";

export interface BrokerConnectionOptions {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`; may carry user and password. */
  readonly url: string;
  /** Names the session that the broker keeps: the same in every run, used by nobody else. */
  readonly clientId: string;
  readonly filters: readonly string[];
  /** Published by the broker when this connection ends without a good-bye. */
  readonly will?: OutboundMessage;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly rejectUnauthorized?: boolean;
  /** Default: 5, or 3.1.1 where the broker does not speak 5. */
  readonly protocol?: Protocol;
  /** Un-acknowledged packets that the broker may send (MQTT 5), default 512: the back-pressure window. */
  readonly receiveMaximum?: number;
  /** How long the broker keeps the session while this connection is away (MQTT 5), default 7 days. */
  readonly sessionExpirySeconds?: number;
  /** The broker drops larger packets (MQTT 5), default 16 MiB. */
  readonly maxPacketBytes?: number;
  /** Nothing more is read while packets of this size are handed over and not settled, default 64 MiB. */
  readonly maxUnsettledBytes?: number;
  readonly keepAliveSeconds?: number;
  readonly reconnect?: ReconnectOptions;
  readonly ledger: Ledger;
  readonly log?: (message: string) => void;
}

const DAY_SECONDS = 86_400;
const SCHEMES = new Set(["mqtt:", "mqtts:", "tcp:", "tls:", "ssl:", "ws:", "wss:"]);

/** A connection that stood this long is sound: the next failure is the first again. */
const SOUND_MS = 10_000;

const COMMITTED = { state: "committed" } as const;

/**
 * A pipeline's line to a real broker: MQTT 5, or 3.1.1 where that is all it speaks, with a session that
 * the broker keeps. Reconnects for ever, with exponential back-off and jitter.
 *
 * Delivery: QoS 1. A packet is acknowledged when its taker says so, in order of arrival, on the connection
 * it arrived on. What was taken and comes again after a reconnect is recognised by the ledger and not
 * handed over twice. QoS 0 packets are handed over at most once. Subscriptions are at QoS 1; a packet at
 * QoS 2 (from a session that somebody else subscribed) gets its PUBREC when acknowledged.
 *
 * Refused packets stay un-acknowledged; as MQTT sends them again only after a reconnect, the connection
 * then takes nothing more at QoS 1, waits until all in flight is settled, and reconnects.
 *
 * Back-pressure: Receive Maximum on MQTT 5, the broker's own limit on 3.1.1 (20 in Mosquitto). Where these
 * do not hold (QoS 0; Mosquitto 2.0.11 sends more once acknowledgements come in), nothing more is read
 * while as many packets as the ledger's capacity, or `maxUnsettledBytes`, are unsettled. That is the bound
 * on memory.
 *
 * Shutdown: `pause()`, settle what is in flight, publish what is left to say, `close()`. What is not
 * settled comes again in the next run.
 *
 * @throws RangeError codes `BAD_BROKER_URL`, `BAD_TOPIC_FILTER`, `BAD_RECEIVE_MAXIMUM`
 */
export function brokerConnection(options: BrokerConnectionOptions): Connection {
  checkOptions(options);
  return new BrokerConnection(options);
}

class BrokerConnection implements Connection {
  readonly #options: BrokerConnectionOptions;
  readonly #ledger: Ledger;
  readonly #log: (message: string) => void;
  readonly #reconnect: ReconnectOptions;
  readonly #maxUnsettledBytes: number;
  #handlers: ConnectionHandlers | undefined;
  #protocol: Protocol;
  /** The broker has accepted this protocol once. */
  #isProven: boolean;
  #link: MqttLink | undefined;
  #acks = new AckQueue(() => {});
  #isOnline = false;
  #onlineSince: number | undefined;
  #sessionPresent = false;
  #isSubscribed = false;
  #isClosed = false;
  #isPaused = false;
  /** Why QoS 1 packets are left un-acknowledged on this link, to come again on the next. */
  #leaving: string | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #reported: string | undefined;
  #unsettled = 0;
  #unsettledBytes = 0;
  #hasLoggedForeign = false;

  constructor(options: BrokerConnectionOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
    this.#log = options.log ?? (() => {});
    this.#reconnect = options.reconnect ?? { minMs: 250, maxMs: 30_000 };
    this.#maxUnsettledBytes = options.maxUnsettledBytes ?? 64 * 1024 * 1024;
    this.#protocol = options.protocol ?? "5";
    this.#isProven = options.protocol !== undefined;
  }

  open(handlers: ConnectionHandlers): void {
    if (this.#handlers !== undefined || this.#isClosed) {
      throw problem(Error, {
        code: "CONNECTION_OPENED_TWICE",
        action: "open the connection of",
        on: JSON.stringify(this.#options.clientId),
        expected: "one that was never open",
        found: this.#isClosed ? "a closed one" : "an open one",
      });
    }
    this.#handlers = handlers;
    this.#attempt();
  }

  async publish(message: OutboundMessage): Promise<void> {
    if (!validTopic(message.topic)) {
      throw problem(RangeError, {
        code: "BAD_TOPIC",
        action: "publish to",
        on: JSON.stringify(message.topic),
        expected: "a topic of 1 to 65535 bytes without +, # and NUL",
        found: JSON.stringify(message.topic),
      });
    }
    if (!this.#isOnline || this.#link === undefined) throw offline(message.topic, this.#reported);
    await this.#link.publish(message);
  }

  pause(): void {
    this.#isPaused = true;
    this.#link?.readOn();
  }

  async close(): Promise<void> {
    this.pause();
    this.#isClosed = true;
    this.#isOnline = false;
    clearTimeout(this.#timer);
    await this.#link?.end("closed");
  }

  #attempt(): void {
    const { receiveMaximum = 512, sessionExpirySeconds = 7 * DAY_SECONDS } = this.#options;
    const { maxPacketBytes = 16 * 1024 * 1024, keepAliveSeconds = 30 } = this.#options;
    this.#leaving = undefined;
    try {
      const link = new MqttLink(
        {
          ...this.#options,
          protocol: this.#protocol,
          receiveMaximum,
          sessionExpirySeconds,
          maxPacketBytes,
          keepAliveSeconds,
        },
        {
          onAccepted: (sessionPresent) => this.#onAccepted(sessionPresent),
          onConnected: () => this.#onConnected(link),
          onPacket: (packet) => this.#onPacket(packet),
          onReleased: (packetId) => this.#ledger.released(packetId),
          onDown: (down) => this.#onDown(down),
        },
      );
      this.#link = link;
      this.#acks = new AckQueue((packetId) => link.acknowledge(packetId));
    } catch (error) {
      this.#onDown({ why: messageOf(error), cause: "other" });
    }
  }

  #onAccepted(sessionPresent: boolean): void {
    this.#isProven = true;
    this.#sessionPresent = sessionPresent;
    if (!sessionPresent && this.#ledger.size > 0) this.#log("the broker has not kept the session");
    this.#ledger.connected(sessionPresent);
  }

  async #onConnected(link: MqttLink): Promise<void> {
    // The first time also in an old session, for its filters may be others.
    if (!this.#sessionPresent || !this.#isSubscribed) {
      try {
        const downgraded = await link.subscribe(this.#options.filters);
        for (const filter of downgraded)
          this.#log(`the broker grants QoS 0 only to ${JSON.stringify(filter)}`);
      } catch (error) {
        await link.end(messageOf(error));
        return;
      }
    }
    if (this.#link !== link || this.#isClosed) return;
    this.#isSubscribed = true;
    this.#isOnline = true;
    this.#onlineSince = performance.now();
    this.#reported = undefined;
    this.#handlers?.onState({
      state: "online",
      protocol: this.#protocol,
      sessionPresent: this.#sessionPresent,
    });
  }

  #onPacket(packet: LinkPacket): void {
    if (this.#isPaused) return;
    if (packet.qos === 0) {
      this.#handOver(packet, undefined);
      return;
    }
    if (this.#leaving !== undefined) return;
    const { packetId } = packet;
    if (!this.#isWanted(packet)) {
      this.#acks.expect(packetId, COMMITTED);
      this.#acks.flush();
      return;
    }
    const wasExact = this.#ledger.isExact;
    const hash = packetHash(packet.topic, packet.payload);
    const { record, isRepeated } = this.#ledger.arrived(packetId, hash, packet.isDuplicate);
    if (wasExact && !this.#ledger.isExact) {
      this.#log("the broker does not assign packet ids in turn: delivery is at least once");
    }
    this.#acks.expect(packetId, record);
    if (isRepeated) this.#acks.flush();
    else this.#handOver(packet, record);
  }

  #handOver(packet: LinkPacket, record: LedgerRecord | undefined): void {
    const bytes = packet.payload.byteLength;
    this.#unsettled++;
    this.#unsettledBytes += bytes;
    const ledger = record && { packetId: record.packetId, hash: record.hash };
    const held = new HeldPacket(packet, ledger, (isCommitted) => {
      this.#unsettled--;
      this.#unsettledBytes -= bytes;
      if (record) this.#onSettled(record, isCommitted);
      if (!this.#isFull) this.#link?.readOn();
    });
    if (this.#isFull) this.#link?.hold();
    this.#handlers?.onPacket(held);
  }

  #onSettled(record: LedgerRecord, isCommitted: boolean): void {
    record.state = isCommitted ? "committed" : "refused";
    // A packet of an earlier connection that is refused now comes again by itself.
    if (!isCommitted && this.#acks.isExpecting(record)) {
      this.#leaving ??= "packets could not be kept; they come again";
    }
    this.#acks.flush();
    if (this.#leaving === undefined || this.#acks.size > 0 || this.#isClosed) return;
    // Further publishes would hold up the end.
    this.#isOnline = false;
    this.#link?.end(this.#leaving);
  }

  get #isFull(): boolean {
    return this.#unsettled >= this.#ledger.capacity || this.#unsettledBytes >= this.#maxUnsettledBytes;
  }

  /** A session may hold subscriptions of an earlier run; what only they bring in is let go. */
  #isWanted({ topic }: LinkPacket): boolean {
    if (this.#options.filters.some((filter) => matches(filter, topic))) return true;
    if (!this.#hasLoggedForeign) {
      this.#hasLoggedForeign = true;
      this.#log(`packets of an earlier subscription are dropped, ${JSON.stringify(topic)} first`);
    }
    return false;
  }

  #onDown(down: LinkDown): void {
    const wasSound = this.#onlineSince !== undefined && performance.now() - this.#onlineSince >= SOUND_MS;
    this.#onlineSince = undefined;
    this.#link = undefined;
    this.#acks = new AckQueue(() => {});
    this.#isOnline = false;
    if (this.#isClosed) return;
    if (this.#fallBack(down)) {
      this.#log(`the broker does not take MQTT 5 (${down.why}): trying 3.1.1`);
      this.#timer = setTimeout(() => this.#attempt(), 0);
      return;
    }
    if (wasSound) this.#failures = 0;
    const pauseMs = backoffMs(this.#failures++, this.#reconnect, Math.random());
    this.#timer = setTimeout(() => this.#attempt(), pauseMs);
    if (down.why === this.#reported) return;
    this.#reported = down.why;
    this.#handlers?.onState({ state: "offline", why: down.why });
  }

  /** @returns true if 3.1.1 is to be tried at once */
  #fallBack({ cause }: LinkDown): boolean {
    if (this.#options.protocol !== undefined || cause === "other") return false;
    if (cause === "silence" && this.#isProven) return false;
    // A broker that hangs up on both may be starting: back to 5, after the usual pause.
    this.#protocol = this.#protocol === "5" ? "3.1.1" : "5";
    return this.#protocol === "3.1.1";
  }
}

function checkOptions({ url, filters, receiveMaximum = 512, ledger }: BrokerConnectionOptions): void {
  if (!URL.canParse(url) || !SCHEMES.has(new URL(url).protocol)) {
    throw problem(RangeError, {
      code: "BAD_BROKER_URL",
      action: "connect to",
      on: "the broker",
      expected: "a URL such as mqtt://host:1883 or mqtts://host:8883",
      found: JSON.stringify(url.replace(/\/\/.*@/, "//***@")),
    });
  }
  const bad = filters.find((filter) => !validFilter(filter));
  if (filters.length === 0 || bad !== undefined) {
    throw problem(RangeError, {
      code: "BAD_TOPIC_FILTER",
      action: "subscribe to",
      on: JSON.stringify(bad ?? filters),
      expected: "one valid topic filter or more",
      found: JSON.stringify(bad ?? filters),
    });
  }
  if (!(Number.isInteger(receiveMaximum) && receiveMaximum >= 1 && receiveMaximum <= ledger.capacity)) {
    throw problem(RangeError, {
      code: "BAD_RECEIVE_MAXIMUM",
      action: "connect with receiveMaximum",
      on: String(receiveMaximum),
      expected: `an integer from 1 to the ledger's capacity, ${ledger.capacity}`,
      found: String(receiveMaximum),
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
