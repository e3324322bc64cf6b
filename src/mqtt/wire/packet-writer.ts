import type { OutboundMessage } from "../connection.js";

/** Answers to what the broker sends, by their first byte. */
const ANSWERS = { puback: 0x40, pubrec: 0x50, pubcomp: 0x70 } as const;

/** Packets are laid side by side in pieces of memory of this size. */
const PIECE = 65_536;

/** @returns whether these bytes and all before are done with: their memory may be used again */
type Write = (bytes: Buffer, unanswered: number) => boolean;

/** Packet id, and of properties their length, expiry and the heads of texts, at most. */
const HEADS = 2 + 4 + 5 + 3 + 3 + 5 + 8;

/**
 * Lays packets (MQTT 3.1.1 and 5, section 3) side by side and writes those of a turn at once: one call of the
 * operating system instead of one a packet.
 *
 * Memory: what the turn brings; of a socket that takes all at once the same 64 KB again.
 */
export class PacketWriter {
  readonly #is5: boolean;
  readonly #write: Write;
  #piece = Buffer.allocUnsafeSlow(PIECE);
  #begin = 0;
  #end = 0;
  #isScheduled = false;
  /** Messages at QoS 0 among what stands ready. */
  #unanswered = 0;

  /** @param write is told how many messages at QoS 0 are among the bytes: no broker answers those */
  constructor(is5: boolean, write: Write) {
    this.#is5 = is5;
    this.#write = write;
  }

  answer(kind: keyof typeof ANSWERS, packetId: number): void {
    this.#reserve(4);
    this.#byte(ANSWERS[kind]);
    this.#byte(2);
    this.#uint16(packetId);
  }

  publish(message: OutboundMessage, packetId: number): void {
    const { topic, payload, qos, retain = false } = message;
    const properties = this.#is5 ? propertiesSize(message) : 0;
    const length = 2 + textSize(topic) + (qos > 0 ? 2 : 0) + sizeOf(payload);
    const lengths = this.#is5 ? properties + varintSize(properties) : 0;
    this.#reserve(5 + length + lengths);
    this.#byte(0x30 | (qos << 1) | (retain ? 1 : 0));
    this.#varint(length + lengths);
    this.#text(topic);
    if (qos > 0) this.#uint16(packetId);
    if (this.#is5) this.#properties(message, properties);
    if (typeof payload === "string") this.#end += this.#piece.write(payload, this.#end);
    else this.#bytes(payload);
    if (qos === 0) this.#unanswered++;
  }

  /** Writes what stands ready, now. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#end === this.#begin) return;
    const unanswered = this.#unanswered;
    this.#unanswered = 0;
    const bytes = this.#piece.subarray(this.#begin, this.#end);
    this.#begin = this.#end;
    if (!this.#write(bytes, unanswered)) return;
    this.#layIn(this.#piece.length > PIECE ? Buffer.allocUnsafeSlow(PIECE) : this.#piece);
  }

  #properties(message: OutboundMessage, size: number): void {
    const { contentType, expirySeconds, eddyId, correlationData } = message;
    this.#varint(size);
    if (expirySeconds !== undefined) {
      this.#byte(0x02);
      this.#uint16(expirySeconds >>> 16);
      this.#uint16(expirySeconds);
    }
    if (contentType !== undefined) {
      this.#byte(0x03);
      this.#text(contentType);
    }
    if (correlationData !== undefined) {
      this.#byte(0x09);
      this.#uint16(correlationData.byteLength);
      this.#bytes(correlationData);
    }
    if (eddyId !== undefined) {
      this.#byte(0x26);
      this.#text(EDDY_ID);
      this.#text(eddyId);
    }
  }

  /** Room for so many bytes in one piece: a packet is not cut. */
  #reserve(bytes: number): void {
    if (this.#end + bytes > this.#piece.length) {
      this.flush();
      if (this.#end + bytes > this.#piece.length) this.#layIn(Buffer.allocUnsafeSlow(Math.max(PIECE, bytes)));
    }
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.flush());
  }

  #layIn(piece: Buffer<ArrayBuffer>): void {
    this.#piece = piece;
    this.#begin = 0;
    this.#end = 0;
  }

  #byte(value: number): void {
    this.#piece[this.#end++] = value;
  }

  #uint16(value: number): void {
    this.#byte(value >>> 8);
    this.#byte(value);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.#byte(rest);
  }

  /** Most are short and ASCII: a call into Node's own code for each would cost more. */
  #text(text: string): void {
    const { length } = text;
    const piece = this.#piece;
    const from = this.#end + 2;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 128) {
        const written = piece.write(text, from);
        this.#uint16(written);
        this.#end += written;
        return;
      }
      piece[from + i] = unit;
    }
    this.#uint16(length);
    this.#end += length;
  }

  #bytes(bytes: Uint8Array): void {
    this.#piece.set(bytes, this.#end);
    this.#end += bytes.byteLength;
  }
}

const EDDY_ID = "eddy-id";

/** Bytes of a message on the wire, at most. */
export function wireSize(message: OutboundMessage): number {
  const { topic, payload, contentType = "", eddyId = "", correlationData } = message;
  const texts = textSize(topic) + textSize(contentType) + textSize(eddyId);
  return 5 + HEADS + EDDY_ID.length + texts + sizeOf(payload) + (correlationData?.byteLength ?? 0);
}

function propertiesSize({ contentType, expirySeconds, eddyId, correlationData }: OutboundMessage): number {
  return (
    (expirySeconds === undefined ? 0 : 5) +
    (contentType === undefined ? 0 : 3 + textSize(contentType)) +
    (correlationData === undefined ? 0 : 3 + correlationData.byteLength) +
    (eddyId === undefined ? 0 : 5 + EDDY_ID.length + textSize(eddyId))
  );
}

/** Of a text as UTF-8; see `#text`. */
function textSize(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 128) return Buffer.byteLength(text);
  return text.length;
}

function sizeOf(payload: string | Uint8Array): number {
  return typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
}

function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
}
