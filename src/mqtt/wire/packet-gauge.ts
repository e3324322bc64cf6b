/** What a client sends first is a CONNECT: a header of 10 bytes and five texts of 65,535 at most (MQTT 3.1.1, 3.1). */
const FIRST_BYTES = 10 + 5 * (2 + 65_535);
/** A packet's length takes so many bytes at most (MQTT 3.1.1, 2.2.3). */
const LENGTH_BYTES = 4;

/** What was expected of a packet, and what its header says. */
export interface Excess {
  readonly expected: string;
  readonly found: string;
}

/**
 * Measures the packets in a stream of bytes by what their headers say, before they have come, and however the bytes are
 * cut into chunks. Memory: a few numbers.
 */
export class PacketGauge {
  readonly #maxPacketBytes: number;
  #isFirst = true;
  /** Of the packet under way: bytes that are still to come, and how many of its length have. */
  #left = 0;
  #length = 0;
  #lengthBytes = -1;

  /** @param maxPacketBytes what may stand behind a header */
  constructor(maxPacketBytes: number) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** @returns why the stream must not be read on; undefined: it may */
  take(chunk: Uint8Array): Excess | undefined {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      const byte = chunk[at++]!;
      if (this.#lengthBytes < 0) {
        this.#lengthBytes = 0;
        this.#length = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes++;
      if (byte >= 0x80) {
        if (this.#lengthBytes === LENGTH_BYTES)
          return { expected: `a packet's length in ${LENGTH_BYTES} bytes`, found: "more" };
        continue;
      }
      const most = this.#isFirst ? Math.min(FIRST_BYTES, this.#maxPacketBytes) : this.#maxPacketBytes;
      if (this.#length > most)
        return { expected: `packets of at most ${most} bytes`, found: `one of ${this.#length}` };
      this.#isFirst = false;
      this.#left = this.#length;
      this.#lengthBytes = -1;
    }
    return undefined;
  }
}
