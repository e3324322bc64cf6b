import { problem } from "../core/index.js";
import { typedArrayReader } from "./cbor-typed-array.js";

/** Items within items: deeper ones are refused, so that no payload exhausts the stack. */
const DEEPEST = 64;
const TAG_EPOCH = 1;
const INDEFINITE = 31;
const BREAK = 0xff;

/**
 * Reads one CBOR item (RFC 8949) in time and memory proportional to its bytes, whatever they are.
 *
 * Integers become numbers, beyond 2^53 bigints; byte strings copies; maps objects without a prototype,
 * with text or integer keys, the last of equal ones counting; tag 1 a `Date`; typed arrays (RFC 8746)
 * Float64Arrays. Other tags are passed over: what they hold stands for itself.
 *
 * Why not cbor-x: docs/decisions/0004-own-cbor-reader.md.
 *
 * @throws SyntaxError code `BAD_CBOR` with the byte at which reading ended
 */
export function readCbor(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes);
  const value = reader.item(0);
  reader.end();
  return value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class CborReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  item(depth: number): unknown {
    if (depth > DEEPEST) throw this.#bad(`items nested at most ${DEEPEST} deep`, "a deeper one");
    const { major, info } = this.#head();
    switch (major) {
      case 0:
        return this.#argument(info);
      case 1: {
        const count = this.#argument(info);
        return typeof count === "bigint" ? -1n - count : -1 - count;
      }
      case 2:
        return this.#byteString(info);
      case 3:
        return this.#text(info);
      case 4:
        return this.#array(info, depth);
      case 5:
        return this.#map(info, depth);
      case 6:
        return this.#tagged(this.#argument(info), depth);
      default:
        return this.#simple(info);
    }
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw this.#bad("the end", `${left} more bytes`);
  }

  #head(): { major: number; info: number } {
    const head = this.#view.getUint8(this.#take(1));
    return { major: head >> 5, info: head & 31 };
  }

  #argument(info: number): number | bigint {
    if (info < 24) return info;
    if (info === 24) return this.#view.getUint8(this.#take(1));
    if (info === 25) return this.#view.getUint16(this.#take(2));
    if (info === 26) return this.#view.getUint32(this.#take(4));
    if (info !== 27) throw this.#bad("a length or value", `additional information ${info}`);
    const value = this.#view.getBigUint64(this.#take(8));
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  /** How many bytes or items follow, each of at least a byte; undefined: up to a break. */
  #length(info: number): number | undefined {
    if (info === INDEFINITE) return undefined;
    const length = this.#argument(info);
    const left = this.#bytes.length - this.#at;
    if (length > left) throw this.#bad(`${length} more bytes or items`, `${left} bytes`);
    return Number(length);
  }

  #byteString(info: number): Uint8Array {
    const length = this.#length(info);
    if (length !== undefined) return this.#slice(length);
    const pieces = [...this.#pieces(2)];
    const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #text(info: number): string {
    const length = this.#length(info);
    const pieces = length === undefined ? this.#pieces(3) : [this.#slice(length)];
    let text = "";
    for (const piece of pieces) {
      try {
        text += utf8.decode(piece);
      } catch {
        throw this.#bad("text in UTF-8", "bytes that are not UTF-8");
      }
    }
    return text;
  }

  /** The pieces of a string of indefinite length: each a string of the same kind, of definite length. */
  *#pieces(kind: number): Iterable<Uint8Array> {
    while (!this.#skipBreak()) {
      const { major, info } = this.#head();
      const length = major === kind ? this.#length(info) : undefined;
      if (length === undefined) throw this.#bad("a piece of a string", `major type ${major}`);
      yield this.#slice(length);
    }
  }

  #array(info: number, depth: number): unknown[] {
    const length = this.#length(info);
    const items: unknown[] = [];
    while (length === undefined ? !this.#skipBreak() : items.length < length)
      items.push(this.item(depth + 1));
    return items;
  }

  #map(info: number, depth: number): Record<string, unknown> {
    const length = this.#length(info);
    const fields: Record<string, unknown> = Object.create(null);
    for (let count = 0; length === undefined ? !this.#skipBreak() : count < length; count++) {
      const name = this.item(depth + 1);
      if (typeof name !== "string" && typeof name !== "number" && typeof name !== "bigint") {
        throw this.#bad("a map's key as text or integer", typeof name);
      }
      fields[String(name)] = this.item(depth + 1);
    }
    return fields;
  }

  #tagged(tag: number | bigint, depth: number): unknown {
    const value = this.item(depth + 1);
    if (tag === TAG_EPOCH && typeof value === "number") return new Date(Math.round(value * 1000));
    if (!(value instanceof Uint8Array)) return value;
    return typedArrayReader(tag)?.(value) ?? value;
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 25:
        return half(this.#view.getUint16(this.#take(2)));
      case 26:
        return this.#view.getFloat32(this.#take(4));
      case 27:
        return this.#view.getFloat64(this.#take(8));
      default:
        throw this.#bad("a number, a truth value, null or undefined", `simple value ${info}`);
    }
  }

  #skipBreak(): boolean {
    if (this.#bytes[this.#at] !== BREAK) return false;
    this.#at++;
    return true;
  }

  /** A copy: nothing read keeps the payload's buffer. */
  #slice(length: number): Uint8Array {
    const at = this.#take(length);
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  #take(count: number): number {
    const at = this.#at;
    const left = this.#bytes.length - at;
    if (count > left) throw this.#bad(`${count} more bytes`, `${left}`);
    this.#at += count;
    return at;
  }

  #bad(expected: string, found: string): SyntaxError {
    return problem(SyntaxError, {
      code: "BAD_CBOR",
      action: "read CBOR",
      on: `at byte ${this.#at}`,
      expected,
      found,
    });
  }
}

const scratch = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16, by way of binary32: the exponents' biases differ by 112. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return (sign * fraction) / 16_777_216;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  scratch.setUint32(0, ((exponent + 112) << 23) | (fraction << 13));
  return sign * scratch.getFloat32(0);
}
