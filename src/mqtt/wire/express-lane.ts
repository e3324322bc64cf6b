import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { OutboundMessage } from "../connection.js";
import { NetworkFront } from "./network-front.js";
import { type LinkPacket, PacketReader, type PacketReaderOptions } from "./packet-reader.js";
import { PacketWriter } from "./packet-writer.js";

export interface ExpressLaneEvents {
  /** None comes before `open()`. */
  onPublish(packet: LinkPacket): void;
  onPuback(packetId: number, reasonCode: number): void;
  /** The broker is done with a QoS 2 packet. */
  onPubrel(packetId: number): void;
  /** The network has the next so many messages that went out at QoS 0. */
  onWritten(count: number): void;
  /** Something has come. */
  onTraffic(): void;
}

const CONNACK = 2;

/**
 * Stands between the network and mqtt.js: PUBLISH packets and their answers, which are nearly all that goes over a
 * line, pass beside mqtt.js, in both directions; all else (CONNECT, SUBSCRIBE, pings, DISCONNECT) it passes on as it
 * is. Why: docs/decisions/0018-an-express-lane-beside-mqtt-js.md.
 */
export class ExpressLane extends NetworkFront {
  readonly #reader: PacketReader;
  readonly #writer: PacketWriter;
  readonly #events: ExpressLaneEvents;

  constructor(network: Duplex, options: PacketReaderOptions, events: ExpressLaneEvents) {
    super(network);
    this.#events = events;
    this.#writer = new PacketWriter(options.is5, (bytes, unanswered) => {
      if (network.destroyed || !network.writable) return true;
      if (unanswered === 0) network.write(bytes);
      else network.write(bytes, (error) => error || events.onWritten(unanswered));
      // A socket of the system's counts what it could not give to it at once; other streams may keep what they count no more.
      return network instanceof Socket && network.writableLength === 0;
    });
    this.#reader = new PacketReader(options, {
      onPublish: (packet) => events.onPublish(packet),
      onPuback: (packetId, reasonCode) => events.onPuback(packetId, reasonCode),
      onPubrel: (packetId) => events.onPubrel(packetId),
      onOther: (packet) => this.#pass(packet),
    });
    // What goes out together goes out in one write: nothing is won by waiting for more.
    if (network instanceof Socket) network.setNoDelay(true);
  }

  /** CONNACK has been dealt with: what comes behind it is read. */
  open(): void {
    this.#attempt(() => this.#reader.goOn());
  }

  publish(message: OutboundMessage, packetId: number): void {
    this.#writer.publish(message, packetId);
  }

  answer(kind: "puback" | "pubrec" | "pubcomp", packetId: number): void {
    this.#writer.answer(kind, packetId);
  }

  /** Writes what stands ready: before what mqtt.js says next. */
  flush(): void {
    this.#writer.flush();
  }

  /** Nothing is read behind the packet that is being handed over; the network then holds back the broker. */
  hold(): void {
    this.#reader.hold();
    this.network.pause();
  }

  readOn(): void {
    this.network.resume();
    this.#attempt(() => this.#reader.goOn());
  }

  override _read(): void {
    // Control packets are few: they are pushed as they come.
  }

  /** Done at once: the parts of one packet must not be parted by packets of the writer. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.network.write(chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#writer.flush();
    super._final(done);
  }

  protected override onData(chunk: Buffer): void {
    this.#events.onTraffic();
    this.#attempt(() => this.#reader.take(chunk));
  }

  #attempt(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #pass(packet: Buffer): void {
    if ((packet[0] ?? 0) >> 4 === CONNACK) this.#reader.hold();
    this.push(packet);
  }
}
