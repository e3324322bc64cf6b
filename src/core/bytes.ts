const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Room for what is written. */
class Room {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }
}

const FIRST_ROOM = 1024;
/** Larger ones are given back. */
const LARGEST_SPARE = 256 * 1024;
/** That of a writer that is done: most write little, one after the other, and room of their own would cost more. */
let spare: Room | undefined;

const NO_ROOM = new Room(0);

function takeRoom(): Room {
  const room = spare ?? new Room(FIRST_ROOM);
  spare = undefined;
  return room;
}

/**
 * Gives the memory of bytes back that nobody looks at any more, and that nothing else lies in: they are empty then. What has
 * grown old would else stay until everything is looked through for garbage, with megabytes of states some ten seconds.
 */
export function giveBack({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer)
    structuredClone(buffer, { transfer: [buffer] });
}

/**
 * Little-endian writer and reader for state slots and checkpoints: fixed widths, so that equal states
 * are equal bytes.
 */
export class ByteWriter {
  #room = takeRoom();
  #length = 0;

  /** Makes room, which may be another afterwards, so take it only then. */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#room.bytes.length) {
      const grown = new Room(Math.max(this.#length, 2 * this.#room.bytes.length));
      grown.bytes.set(this.#room.bytes.subarray(0, at));
      this.#room = grown;
    }
    return at;
  }

  u8(value: number): this {
    const at = this.#reserve(1);
    this.#room.view.setUint8(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#room.view.setUint32(at, value, true);
    return this;
  }

  f64(value: number): this {
    const at = this.#reserve(8);
    this.#room.view.setFloat64(at, value, true);
    return this;
  }

  /** Length, then the elements. */
  f64s(values: ArrayLike<number>): this {
    this.u32(values.length);
    const at = this.#reserve(8 * values.length);
    const { view } = this.#room;
    for (let i = 0; i < values.length; i++) view.setFloat64(at + 8 * i, values[i]!, true);
    return this;
  }

  /** Length, then the elements, rounded to float32. */
  f32s(values: ArrayLike<number>): this {
    this.u32(values.length);
    const at = this.#reserve(4 * values.length);
    const { view } = this.#room;
    for (let i = 0; i < values.length; i++) view.setFloat32(at + 4 * i, values[i]!, true);
    return this;
  }

  bytes(values: Uint8Array): this {
    this.u32(values.length);
    const at = this.#reserve(values.length);
    this.#room.bytes.set(values, at);
    return this;
  }

  /** UTF-8. */
  text(value: string): this {
    const at = this.#reserve(4 + value.length);
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit < 128) {
        this.#room.bytes[at + 4 + i] = unit;
        continue;
      }
      this.#length = at;
      return this.bytes(encoder.encode(value));
    }
    this.#room.view.setUint32(at, value.length, true);
    return this;
  }

  /** What was written. The writer is empty then. */
  finish(): Uint8Array<ArrayBuffer> {
    const { bytes } = this.#room;
    const written = bytes.slice(0, this.#length);
    this.#length = 0;
    if (bytes.length > 0 && bytes.length <= LARGEST_SPARE) spare = this.#room;
    this.#room = NO_ROOM;
    return written;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  /** @param what names what is read in errors: `state slot "sequence", key "pump-3"` */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) {
      throw Object.assign(
        new RangeError(
          `Cannot read ${this.#what}: expected ${count} more bytes at ${at}, found ${this.#bytes.length - at}`,
        ),
        { code: "STATE_CORRUPT" },
      );
    }
    this.#at += count;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  f64s(): Float64Array {
    const length = this.u32();
    const at = this.#take(8 * length);
    const values = new Float64Array(length);
    for (let i = 0; i < length; i++) values[i] = this.#view.getFloat64(at + 8 * i, true);
    return values;
  }

  f32s(): Float32Array {
    const length = this.u32();
    const at = this.#take(4 * length);
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) values[i] = this.#view.getFloat32(at + 4 * i, true);
    return values;
  }

  bytes(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }

  /** The same without a copy: as long-lived as what is read. */
  view(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    return decoder.decode(this.view());
  }

  /** There are bytes left: of what was added to a format later, say. */
  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** @throws RangeError code `STATE_CORRUPT` when bytes are left over */
  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw Object.assign(
        new RangeError(
          `Cannot read ${this.#what}: expected its end at ${this.#at}, found ${this.#bytes.length - this.#at} more bytes`,
        ),
        { code: "STATE_CORRUPT" },
      );
    }
  }
}
