import { type EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:net";
import type { Readable } from "node:stream";
import type { Aedes, AedesOptions, AedesPublishPacket, PublishPacket } from "aedes";
import { problem } from "../core/index.js";
import type { Connection, OnPublished, OutboundMessage } from "./connection.js";
import { checkFilters, offline, topicProblem } from "./connection-checks.js";
import { type Answer, EmbeddedConnection } from "./embedded-connection.js";
import { authenticateBy, checkUsers } from "./embedded-users.js";
import type { PacketContent } from "./held-packet.js";
import { makeNumbersWhenNeeded } from "./mqtt-packet.js";
import { GaugedSocket } from "./wire/gauged-socket.js";

export interface EmbeddedBrokerOptions {
  /** Where it listens, default 127.0.0.1: this machine only. Anywhere else it needs `users`. */
  readonly host?: string;
  /** Who is let in: names, and their passwords as `hashPassword` makes them. Default: everybody on this machine. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default 1883; the next free one of 20 if it is taken; 0 takes any. */
  readonly port?: number;
  /** Longest packet that a device may send, default 16 MiB: a longer one ends its connection before it is read. */
  readonly maxPacketBytes?: number;
  /** Devices at a time, default 1,000; further ones are turned away. */
  readonly maxConnections?: number;
  /** Whoever has connected and not sent its CONNECT within so long is disconnected, default 10,000. */
  readonly connectTimeoutMs?: number;
  readonly log?: (message: string) => void;
}

export interface EmbeddedConnectionOptions {
  readonly filters: readonly string[];
}

export interface EmbeddedBroker {
  readonly url: string;
  readonly port: number;
  /**
   * A pipeline's line to this broker. From this call on, devices' packets that match are held for it: make
   * all connections before anything else is awaited, and no packet is acknowledged that nobody keeps.
   */
  connection(options: EmbeddedConnectionOptions): Connection;
  /** Disconnects the devices; packets held at that time stay without PUBACK. */
  close(): Promise<void>;
}

const PORTS = 20;

/**
 * An MQTT 3.1.1 broker in this process, for trying out and single boxes. A device's packet that matches a
 * pipeline's filters gets its PUBACK when every such pipeline has acknowledged it; if one refuses, the
 * device's connection is closed without it, so that the device sends again: at least once. Wills of
 * devices take the same way. What it retains, it forgets with the process.
 *
 * What a pipeline publishes reaches other pipelines that listen to it, and is resolved when they have
 * settled it; a pipeline does not hear itself.
 *
 * Back-pressure: a device's next packets are read when those before are settled (64 KiB at most wait).
 * Memory: `maxConnections` devices with a packet of `maxPacketBytes` each, and what is retained.
 *
 * @throws RangeError code `BROKER_NEEDS_USERS` when others than this machine could come in without a password
 * @throws SyntaxError code `BAD_PASSWORD_HASH`
 * @throws Error code `PORT_TAKEN` when none of 20 ports is free; what the system says of a bad host
 */
export async function embeddedBroker(options: EmbeddedBrokerOptions = {}): Promise<EmbeddedBroker> {
  checkUsers(options);
  // Loaded when it is needed: most never run a broker of their own.
  makeNumbersWhenNeeded();
  const aedes = await import("aedes");
  const broker = new AedesBroker(options, aedes.Aedes);
  await broker.listen();
  return broker;
}

/** The part of aedes's persistence that is used here; its type declarations leave it out. */
interface Persistence {
  createRetainedStreamCombi(filters: string[]): Readable & AsyncIterable<AedesPublishPacket>;
}

class AedesBroker implements EmbeddedBroker {
  port = 0;
  readonly #options: EmbeddedBrokerOptions;
  readonly #host: string;
  readonly #connections = new Set<EmbeddedConnection>();
  readonly #aedes: Aedes & { persistence?: Persistence };
  #server: Server | undefined;
  #isClosing = false;

  constructor(options: EmbeddedBrokerOptions, make: typeof Aedes) {
    this.#options = options;
    this.#host = options.host ?? "127.0.0.1";
    const { users } = options;
    this.#aedes = new make({
      authorizePublish: this.#authorizePublish,
      connectTimeout: options.connectTimeoutMs ?? 10_000,
      ...(users && { authenticate: authenticateBy(users) }),
    });
    // Its type declarations leave this event out.
    const events: EventEmitter = this.#aedes;
    events.on("error", (error: Error) => options.log?.(`embedded broker: ${error.message}`));
    this.#aedes.on("clientError", (client, error) => options.log?.(`device ${client.id}: ${error.message}`));
  }

  get url(): string {
    const isAny = this.#host === "0.0.0.0" || this.#host === "::";
    const host = isAny ? "127.0.0.1" : this.#host;
    return `mqtt://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  async listen(): Promise<void> {
    await this.#aedes.listen();
    const { maxPacketBytes = 16 * 1024 * 1024, maxConnections = 1000 } = this.#options;
    const first = this.#options.port ?? 1883;
    for (let port = first; port < first + PORTS; port++) {
      // A small message must not wait until the subscriber's system has acknowledged the one before: 40 ms, at QoS 0.
      const server = createServer({ noDelay: true }, (socket) =>
        this.#aedes.handle(new GaugedSocket(socket, maxPacketBytes)),
      );
      server.maxConnections = maxConnections;
      try {
        server.listen(port, this.#host);
        await once(server, "listening");
        const address = server.address();
        this.port = typeof address === "object" && address !== null ? address.port : port;
        this.#server = server;
        return;
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) {
          await this.close();
          throw error;
        }
      }
    }
    await this.close();
    throw problem(Error, {
      code: "PORT_TAKEN",
      action: "listen for devices on",
      on: `${this.#host}, ports ${first} to ${first + PORTS - 1}`,
      expected: "a free port",
      found: "all taken",
    });
  }

  connection({ filters }: EmbeddedConnectionOptions): Connection {
    checkFilters(filters);
    for (const old of this.#connections) if (old.isReplacedBy(filters)) this.#connections.delete(old);
    const connection = new EmbeddedConnection(filters, {
      publish: (message, from, onPublished) => this.#publish(message, from, onPublished),
      retained: (of) => this.#retained(of),
    });
    this.#connections.add(connection);
    return connection;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#server?.close();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  /** Runs before PUBACK, for what devices publish and for their wills. */
  readonly #authorizePublish: NonNullable<AedesOptions["authorizePublish"]> = (_client, packet, done) => {
    if (this.#isClosing) done(new Error("The broker is closing"));
    else if (packet.topic.startsWith("$SYS/"))
      done(new Error("Topics that begin with $SYS/ are the broker's"));
    else {
      this.#offer(contentOf(packet, false), undefined, (answer) => {
        // At QoS 0 there is nothing to send again.
        const isLost = answer === "refused" && packet.qos > 0;
        done(isLost ? new Error("The packet could not be kept: send it again") : null);
      });
    }
  };

  /** Offers a packet to every pipeline that listens; answers when all have. */
  #offer(
    content: PacketContent,
    from: EmbeddedConnection | undefined,
    answer: (answer: Answer) => void,
  ): void {
    const takers = [...this.#connections].filter((c) => c !== from && c.isInterestedIn(content.topic));
    let unanswered = takers.length;
    let sum: Answer = "committed";
    if (unanswered === 0) answer(sum);
    for (const taker of takers) {
      taker.offer(content, (one) => {
        if (one === "refused") sum = "refused";
        if (--unanswered === 0) answer(sum);
      });
    }
  }

  #publish(message: OutboundMessage, from: EmbeddedConnection, onPublished: OnPublished): void {
    const { topic, qos, retain = false } = message;
    const problem =
      topicProblem(topic) ?? (this.#isClosing ? offline(topic, "the broker is closing") : undefined);
    if (problem) {
      onPublished(problem);
      return;
    }
    const payload = ownCopy(message.payload);
    this.#aedes.publish({ cmd: "publish", topic, payload, qos, retain, dup: false }, (error) => {
      if (error) {
        onPublished(error);
        return;
      }
      this.#offer({ topic, payload, qos, retain: false }, from, (answer) => {
        const isLost = answer === "refused" && qos > 0;
        onPublished(isLost ? offline(topic, "a pipeline that listens could not keep it") : undefined);
      });
    });
  }

  async *#retained(filters: readonly string[]): AsyncGenerator<PacketContent> {
    const stream = this.#aedes.persistence?.createRetainedStreamCombi([...filters]);
    if (stream) for await (const packet of stream) yield contentOf(packet, true);
  }
}

/** In memory of its own: a retained message may stay for months, and with it whatever shares its memory. */
function ownCopy(payload: string | Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(Buffer.byteLength(payload));
  if (typeof payload === "string") copy.write(payload);
  else copy.set(payload);
  return copy;
}

/** A device's retained message is news to those who listen already, as on any broker (MQTT 3.1.1, 3.3.1.3). */
function contentOf(packet: PublishPacket, retain: boolean): PacketContent {
  const { topic, payload, qos } = packet;
  return { topic, payload: typeof payload === "string" ? Buffer.from(payload) : payload, qos, retain };
}
