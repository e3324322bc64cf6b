import { matches } from "../core/index.js";
import { AckQueue } from "./ack-queue.js";
import { backoffMs, type ReconnectOptions } from "./backoff.js";
import { type BrokerConnectionOptions, checkOptions, RECEIVE_MAXIMUM } from "./broker-connection-options.js";
import type { Connection, ConnectionHandlers, OnPublished, OutboundMessage } from "./connection.js";
import { offline, openedTwice, promised, topicProblem } from "./connection-checks.js";
import { HeldPacket, type OnSettled } from "./held-packet.js";
import type { Ledger, LedgerRecord } from "./ledger.js";
import type { LinkOptions, Protocol } from "./link-options.js";
import { type LinkDown, MqttLink } from "./mqtt-link.js";
import { packetHash } from "./packet-hash.js";
import type { LinkPacket } from "./wire/packet-reader.js";

const DAY_SECONDS = 86_400;

/** A connection that stood this long is sound: the next failure is the first again. */
const SOUND_MS = 10_000;

/**
 * A pipeline's line to a real broker: MQTT 5, or 3.1.1 where that is all it speaks, with a session that
 * the broker keeps. Reconnects for ever, with exponential back-off and jitter.
 *
 * Delivery: QoS 1. A packet is acknowledged when its taker says so, in order of arrival, on the connection
 * it arrived on. What was taken and comes again after a reconnect is recognised by the ledger and not
 * handed over twice. QoS 0 packets are handed over at most once. A packet at QoS 2 gets its PUBREC when it is
 * acknowledged, and its PUBCOMP when `onReleased` has kept that its id is free again.
 *
 * Refused packets stay un-acknowledged; as MQTT sends them again only after a reconnect, the connection
 * then takes nothing more at QoS 1, waits until all in flight is settled, and reconnects.
 *
 * Publishes go out by a network connection of their own (client id `CLIENT-out`, no session): their
 * PUBACKs would stand behind all that a broker has to send, thousands of packets after an outage. Where a
 * broker refuses the second, both share one. They stand and fall together.
 *
 * Back-pressure: Receive Maximum on MQTT 5, the broker's own limit on 3.1.1 (20 in Mosquitto). Where these
 * do not hold (QoS 0; Mosquitto 2.0.11 sends more once acknowledgements come in), nothing more is read
 * while twice as many packets as the Receive Maximum, or `maxUnsettledBytes`, are unsettled. That is the bound
 * on memory.
 *
 * Shutdown: `pause()`, settle what is in flight, publish what is left to say, `close()`. What is not
 * settled comes again in the next run.
 *
 * @throws RangeError codes `BAD_BROKER_URL`, `BAD_TOPIC_FILTER`, `BAD_RECEIVE_MAXIMUM`, `BAD_KEEP_ALIVE`
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
  readonly #maxUnsettled: number;
  readonly #maxUnsettledBytes: number;
  #handlers: ConnectionHandlers | undefined;
  #protocol: Protocol;
  /** The broker has accepted this protocol once. */
  #isProven: boolean;
  #link: MqttLink | undefined;
  /** By which publishes go out. */
  #out: MqttLink | undefined;
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
  #isReadingOn = false;
  #hasLoggedForeign = false;

  constructor(options: BrokerConnectionOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
    this.#log = options.log ?? (() => {});
    this.#reconnect = options.reconnect ?? { minMs: 250, maxMs: 30_000 };
    // What waits as bytes in the network's buffers costs less than what waits here.
    this.#maxUnsettled = Math.min(options.ledger.capacity, 2 * (options.receiveMaximum ?? RECEIVE_MAXIMUM));
    this.#maxUnsettledBytes = options.maxUnsettledBytes ?? 64 * 1024 * 1024;
    this.#protocol = options.protocol ?? "5";
    this.#isProven = options.protocol !== undefined;
  }

  open(handlers: ConnectionHandlers): void {
    if (this.#handlers !== undefined || this.#isClosed) throw openedTwice(this.#options.clientId);
    this.#handlers = handlers;
    this.#attempt();
  }

  async publish(message: OutboundMessage): Promise<void> {
    await promised((onPublished) => this.send(message, onPublished));
  }

  send(message: OutboundMessage, onPublished: OnPublished): void {
    const problem = topicProblem(message.topic);
    if (problem) onPublished(problem);
    else if (this.#isOnline && this.#out) this.#out.publish(message, onPublished);
    else onPublished(offline(message.topic, this.#reported));
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
    await this.#out?.end("closed");
    await this.#link?.end("closed");
  }

  #attempt(): void {
    this.#leaving = undefined;
    try {
      const link = new MqttLink(this.#linkOptions(), {
        onAccepted: (sessionPresent) => this.#onAccepted(sessionPresent),
        onConnected: () => void this.#onConnected(link),
        onPacket: (packet) => this.#onPacket(packet),
        onReleased: (packetId) => void this.#onReleased(packetId, link),
        onDown: (down) => this.#onDown(down),
      });
      this.#link = link;
      this.#acks = new AckQueue((packetId) => link.acknowledge(packetId));
    } catch (error) {
      this.#onDown({ why: messageOf(error), cause: "other" });
    }
  }

  #linkOptions(): LinkOptions {
    const { receiveMaximum = RECEIVE_MAXIMUM, sessionExpirySeconds = 7 * DAY_SECONDS } = this.#options;
    const { maxPacketBytes = 16 * 1024 * 1024, keepAliveSeconds = 30 } = this.#options;
    return {
      ...this.#options,
      protocol: this.#protocol,
      receiveMaximum,
      sessionExpirySeconds,
      maxPacketBytes,
      keepAliveSeconds,
    };
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
        const { filters, qos = 1 } = this.#options;
        for (const filter of await link.subscribe(filters, qos))
          this.#log(`the broker grants less than QoS ${qos} to ${JSON.stringify(filter)}`);
      } catch (error) {
        await link.end(messageOf(error));
        return;
      }
    }
    const out = await this.#connectOut(link);
    if (this.#link !== link || this.#isClosed) {
      await out.end("closed");
      return;
    }
    this.#out = out;
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

  /** @returns what publishes go out by: a link of their own, or this one where the broker refuses a second */
  #connectOut(link: MqttLink): Promise<MqttLink> {
    return new Promise((resolve) => {
      let isConnected = false;
      const { will: _, ...shared } = this.#linkOptions();
      const clientId = `${this.#options.clientId}-out`;
      const out = new MqttLink(
        { ...shared, clientId, sessionExpirySeconds: 0 },
        {
          onAccepted: () => {},
          onConnected: () => {
            isConnected = true;
            resolve(out);
          },
          onPacket: () => {},
          onReleased: () => {},
          onDown: ({ why }) => {
            if (isConnected) {
              if (this.#out === out) void link.end(why);
              return;
            }
            this.#log(`publishes share the connection of what comes in: ${why}`);
            resolve(link);
          },
        },
      );
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
      this.#acks.expect(packetId);
      this.#acks.flush();
      return;
    }
    const wasExact = this.#ledger.isExact;
    const hash = packetHash(packet.topic, packet.payload);
    const { record, isRepeated } = this.#ledger.arrived(packetId, hash, packet.isDuplicate, packet.qos);
    if (wasExact && !this.#ledger.isExact) {
      this.#log("the broker does not assign packet ids in turn: delivery is at least once");
    }
    this.#acks.expect(packetId, record);
    if (isRepeated) this.#acks.flush();
    else this.#handOver(packet, record);
  }

  #handOver(packet: LinkPacket, record: LedgerRecord | undefined): void {
    this.#unsettled++;
    this.#unsettledBytes += packet.payload.byteLength;
    if (this.#isFull) this.#link?.hold();
    this.#handlers?.onPacket(new HeldPacket(packet, record, this.#onHeldSettled));
  }

  readonly #onHeldSettled: OnSettled = ({ bytes, ledger }, isCommitted) => {
    this.#unsettled--;
    this.#unsettledBytes -= bytes;
    if (ledger) this.#onSettled(ledger, isCommitted);
    this.#readOnSoon();
  };

  async #onReleased(packetId: number, link: MqttLink): Promise<void> {
    this.#ledger.released(packetId);
    try {
      await this.#options.onReleased?.(packetId);
      link.complete(packetId);
    } catch (error) {
      // Without PUBCOMP the broker releases it again on the next connection; the id stays taken until then.
      this.#log(`packet id ${packetId} not released: ${messageOf(error)}`);
    }
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
    return this.#unsettled >= this.#maxUnsettled || this.#unsettledBytes >= this.#maxUnsettledBytes;
  }

  /** Once for all that are settled together: the network would be held and let go at each. */
  #readOnSoon(): void {
    if (this.#isReadingOn) return;
    this.#isReadingOn = true;
    queueMicrotask(() => {
      this.#isReadingOn = false;
      if (!this.#isFull) this.#link?.readOn();
    });
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
    void this.#out?.end(down.why);
    this.#out = undefined;
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
