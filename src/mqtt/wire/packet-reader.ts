import { problem } from "../../core/index.js";

/** A PUBLISH off the wire; `packetId` is 0 at QoS 0. A large payload is a view of what was read. */
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

export interface PacketTaker {
  onPublish(packet: LinkPacket): void;
  /** A reason code of 128 and more: the broker refuses the packet. */
  onPuback(packetId: number, reasonCode: number): void;
  onPubrel(packetId: number): void;
  /** Any other packet, whole. */
  onOther(packet: Buffer): void;
}

export interface PacketReaderOptions {
  /** MQTT 5 has properties. */
  readonly is5: boolean;
  readonly maxPacketBytes: number;
}

const PUBLISH = 3;
const PUBACK = 4;
const PUBREL = 6;

const EMPTY = Buffer.alloc(0);

/** Payloads up to here are copied, side by side in pieces of memory of this size. */
const SMALL = 1024;
const PIECE = 8192;

/**
 * Takes packets out of a stream of bytes, however these are cut into chunks (MQTT 3.1.1 and 5, sections 2.1 and 3.3):
 * it reads those that carry events and their answers, the rest it passes on as bytes.
 *
 * Memory: one packet, of `maxPacketBytes` at most.
 */
export class PacketReader {
  readonly #options: PacketReaderOptions;
  readonly #taker: PacketTaker;
  /** The beginning of a packet whose end has not come. */
  #parts: Buffer[] = [];
  #gathered = 0;
  /** So many bytes are needed before it is worth looking. */
  #needed = 0;
  #isHeld = false;
  #piece = EMPTY;
  #used = 0;

  constructor(options: PacketReaderOptions, taker: PacketTaker) {
    this.#options = options;
    this.#taker = taker;
  }

  /** @throws Error code `MALFORMED_PACKET`, `PACKET_TOO_LARGE`: what comes after it can't be read */
  take(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#gathered += chunk.length;
    if (!this.#isHeld && this.#gathered >= this.#needed) this.#read();
  }

  /** Hands over nothing more, from within a packet on, until `goOn`. */
  hold(): void {
    this.#isHeld = true;
  }

  goOn(): void {
    this.#isHeld = false;
    if (this.#gathered > 0 && this.#gathered >= this.#needed) this.#read();
  }

  #read(): void {
    const [first = EMPTY] = this.#parts;
    const bytes = this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#gathered = 0;
    this.#needed = 0;
    let at = 0;
    while (at < bytes.length && !this.#isHeld) {
      const end = this.#end(bytes, at);
      if (end === undefined || end > bytes.length) {
        this.#needed = (end ?? bytes.length + 1) - at;
        break;
      }
      const from = at;
      at = end;
      this.#packet(bytes, from, end);
    }
    if (at === bytes.length) return;
    // Before what may have come from within.
    this.#parts.unshift(bytes.subarray(at));
    this.#gathered += bytes.length - at;
  }

  /** @returns where the packet ends that begins here; undefined: not known yet */
  #end(bytes: Buffer, from: number): number | undefined {
    let length = 0;
    for (let i = 0; i < 4; i++) {
      const byte = bytes[from + 1 + i];
      if (byte === undefined) return undefined;
      length += (byte & 127) * 128 ** i;
      if (byte >= 128) continue;
      const total = 2 + i + length;
      if (total > this.#options.maxPacketBytes) throw tooLarge(total, this.#options.maxPacketBytes);
      return from + total;
    }
    throw malformed("a remaining length of more than four bytes");
  }

  #packet(bytes: Buffer, from: number, end: number): void {
    const type = (bytes[from] ?? 0) >> 4;
    if (type !== PUBLISH && type !== PUBACK && type !== PUBREL) {
      this.#taker.onOther(bytes.subarray(from, end));
      return;
    }
    let body = from + 2;
    while ((bytes[body - 1] ?? 0) >= 128) body++;
    if (type === PUBLISH) {
      this.#taker.onPublish(this.#publish(bytes, from, body, end));
      return;
    }
    if (end < body + 2) throw malformed("an answer without a packet id");
    const packetId = bytes.readUInt16BE(body);
    if (type === PUBACK) this.#taker.onPuback(packetId, end > body + 2 ? (bytes[body + 2] ?? 0) : 0);
    else this.#taker.onPubrel(packetId);
  }

  /** A few bytes that wait for their turn would hold on to all that was received with them, up to 64 KB. */
  #payload(bytes: Buffer, from: number, end: number): Buffer {
    const length = end - from;
    if (length > SMALL) return bytes.subarray(from, end);
    if (this.#used + length > this.#piece.length) {
      this.#piece = Buffer.allocUnsafeSlow(PIECE);
      this.#used = 0;
    }
    const [piece, used] = [this.#piece, this.#used];
    for (let i = 0; i < length; i++) piece[used + i] = bytes[from + i]!;
    this.#used += length;
    return piece.subarray(used, this.#used);
  }

  #publish(bytes: Buffer, from: number, body: number, end: number): LinkPacket {
    const flags = bytes[from] ?? 0;
    const qos = (flags >> 1) & 3;
    if (qos === 3) throw malformed("a PUBLISH at QoS 3");
    const fields = new Fields(bytes, body, end);
    const topic = fields.text();
    const packetId = qos === 0 ? 0 : fields.uint16();
    const properties = this.#options.is5 ? fields.publishProperties() : NONE;
    if (topic === "") throw malformed("a PUBLISH without a topic");
    return {
      topic,
      payload: this.#payload(bytes, fields.at, end),
      qos: qos as 0 | 1 | 2,
      retain: (flags & 1) === 1,
      isDuplicate: (flags & 8) === 8,
      packetId,
      responseTopic: properties.responseTopic,
      correlationData: properties.correlationData,
    };
  }
}

interface PublishProperties {
  responseTopic?: string;
  correlationData?: Uint8Array;
}

const NONE: PublishProperties = {};

/** The fields of one packet, one after the other. */
class Fields {
  readonly #bytes: Buffer;
  readonly #end: number;
  at: number;

  constructor(bytes: Buffer, from: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.at = from;
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#pass(2));
  }

  text(): string {
    const length = this.uint16();
    const from = this.#pass(length);
    return this.#bytes.toString("utf8", from, from + length);
  }

  /** Those of a PUBLISH (MQTT 5, 3.3.2.3); all but two are passed over. */
  publishProperties(): PublishProperties {
    const length = this.#varint();
    if (length === 0) return NONE;
    const end = this.at + length;
    if (end > this.#end) throw malformed("properties that are longer than their packet");
    const properties: PublishProperties = {};
    while (this.at < end) this.#property(properties);
    return properties;
  }

  #property(properties: PublishProperties): void {
    const id = this.#bytes[this.#pass(1)];
    switch (id) {
      case 0x01: // payload format indicator
        this.#pass(1);
        break;
      case 0x02: // message expiry interval
        this.#pass(4);
        break;
      case 0x03: // content type
        this.#pass(this.uint16());
        break;
      case 0x08:
        properties.responseTopic = this.text();
        break;
      case 0x09: {
        const size = this.uint16();
        const from = this.#pass(size);
        properties.correlationData = this.#bytes.subarray(from, from + size);
        break;
      }
      case 0x0b: // subscription identifier
        this.#varint();
        break;
      case 0x23: // topic alias
        this.#pass(2);
        break;
      case 0x26: // user property
        this.#pass(this.uint16());
        this.#pass(this.uint16());
        break;
      default:
        throw malformed(`a PUBLISH with property ${id}`);
    }
  }

  #varint(): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.#bytes[this.#pass(1)] ?? 0;
      value += (byte & 127) * 128 ** i;
      if (byte < 128) return value;
    }
    throw malformed("a length of more than four bytes");
  }

  /** @returns where the passed bytes begin */
  #pass(count: number): number {
    const from = this.at;
    this.at += count;
    if (this.at > this.#end) throw malformed("fields that are longer than their packet");
    return from;
  }
}

function malformed(found: string): Error {
  return problem(Error, {
    code: "MALFORMED_PACKET",
    action: "read a packet",
    on: "from the broker",
    expected: "MQTT",
    found,
  });
}

function tooLarge(bytes: number, most: number): Error {
  return problem(Error, {
    code: "PACKET_TOO_LARGE",
    action: "read a packet",
    on: "from the broker",
    expected: `at most ${most} bytes`,
    found: `${bytes}`,
  });
}
