/**
 * Little-endian writer and reader for state slots and checkpoints: fixed widths, so that equal states
 * are equal bytes.
 */
export class ByteWriter {
  #bytes = new Uint8Array(64);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Makes room; `#bytes` and `#view` may be others afterwards, so take them only then. */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(value: number): this {
    const at = this.#reserve(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  f64(value: number): this {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
    return this;
  }

  /** Length, then the elements. */
  f64s(values: ArrayLike<number>): this {
    this.u32(values.length);
    const at = this.#reserve(8 * values.length);
    for (let i = 0; i < values.length; i++) this.#view.setFloat64(at + 8 * i, values[i]!, true);
    return this;
  }

  /** Length, then the elements, rounded to float32. */
  f32s(values: ArrayLike<number>): this {
    this.u32(values.length);
    const at = this.#reserve(4 * values.length);
    for (let i = 0; i < values.length; i++) this.#view.setFloat32(at + 4 * i, values[i]!, true);
    return this;
  }

  bytes(values: Uint8Array): this {
    this.u32(values.length);
    const at = this.#reserve(values.length);
    this.#bytes.set(values, at);
    return this;
  }

  /** UTF-8. */
  text(value: string): this {
    return this.bytes(new TextEncoder().encode(value));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
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

  text(): string {
    return new TextDecoder().decode(this.bytes());
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
