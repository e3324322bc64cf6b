import { Kernel, type Pointer } from "./kernel.js";

/** Powers of ten that the shortest text of a float64 may ask for. */
const LEAST_POWER = -292;
const LARGEST_POWER = 324;
/** -1.2345678901234567e-300 and a byte. */
const LONGEST = 25;
/** Parts of a template are copied in steps of so many bytes. */
const STEP = 16;
const WORD = (1n << 32n) - 1n;

const encoder = new TextEncoder();

/** A text with places for numbers, in the memory of the writer that made it. */
export interface NumberTemplate {
  /** How many numbers it takes. */
  readonly count: number;
  /** No text of it has more. */
  readonly mostBytes: number;
  readonly numbers: Pointer;
  readonly lengths: Pointer;
  readonly parts: Pointer;
}

/**
 * Writes numbers as JavaScript does, but as bytes: `String(x)` makes a string, and V8 keeps the newest ten thousand of
 * them, which each garbage collection then has to copy.
 */
export class NumberWriter {
  readonly #kernel = new Kernel();
  readonly #powers: Pointer;
  #to: Pointer;
  #room = LONGEST;
  #bytes = new Uint8Array(0);

  constructor() {
    const powers = powersOfTen();
    this.#powers = this.#kernel.allocate(powers.length);
    this.#kernel.words.set(powers, this.#powers >>> 2);
    this.#to = this.#kernel.allocate(LONGEST);
  }

  /** What was written last, from 0 on. Valid until a template is made. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) {
      this.#bytes = new Uint8Array(this.#kernel.exports.memory.buffer, this.#to, this.#room);
    }
    return this.#bytes;
  }

  /**
   * @param value finite; -0 is written as 0
   * @returns how many of `bytes` its text takes
   */
  write(value: number): number {
    return this.#kernel.exports.writeDecimal(this.#to, value, this.#powers);
  }

  /** @param parts what stands before, between and behind the numbers */
  template(parts: readonly string[]): NumberTemplate {
    const encoded = parts.map((part) => encoder.encode(part));
    const count = parts.length - 1;
    const places = encoded.map(({ length }) => Math.ceil(length / STEP) * STEP);
    const kernel = this.#kernel;
    const template = {
      count,
      mostBytes: encoded.reduce((sum, { length }) => sum + length, LONGEST * count),
      numbers: kernel.allocate(2 * count),
      lengths: kernel.allocate(count + 1),
      parts: kernel.allocate(places.reduce((sum, bytes) => sum + bytes, 0) / 4),
    };
    if (template.mostBytes + STEP > this.#room) {
      kernel.release(this.#to);
      this.#room = template.mostBytes + STEP;
      this.#to = kernel.allocate(Math.ceil(this.#room / 4));
    }
    this.#bytes = new Uint8Array(0);
    const memory = new Uint8Array(kernel.exports.memory.buffer);
    let at = template.parts;
    for (const [i, part] of encoded.entries()) {
      kernel.words[(template.lengths >>> 2) + i] = part.length;
      memory.set(part, at);
      at += places[i]!;
    }
    return template;
  }

  /**
   * @param template one that this writer made
   * @param numbers  [from + count]; those that are not finite are written as `null`
   * @returns how many of `bytes` the text takes
   */
  fill({ numbers: at, count, lengths, parts }: NumberTemplate, numbers: Float64Array, from = 0): number {
    const { exports, doubles } = this.#kernel;
    for (let i = 0; i < count; i++) doubles[(at >>> 3) + i] = numbers[from + i]!;
    return exports.fillText(this.#to, at, count, lengths, parts, this.#powers);
  }

  release({ numbers, lengths, parts }: NumberTemplate): void {
    for (const pointer of [numbers, lengths, parts]) this.#kernel.release(pointer);
  }
}

/** [617, 4] Of each power the upper 128 bits, rounded up: high half, low half, each as two words. */
function powersOfTen(): Uint32Array {
  const words: number[] = [];
  for (let power = LEAST_POWER; power <= LARGEST_POWER; power++) {
    const bits = upperBits(power);
    for (const shift of [64n, 96n, 0n, 32n]) words.push(Number((bits >> shift) & WORD));
  }
  return Uint32Array.from(words);
}

/** ceil(10^power 2^e), with e such that it has 128 bits. */
function upperBits(power: number): bigint {
  const size = BigInt(`1${"0".repeat(Math.abs(power))}`);
  const length = BigInt(size.toString(2).length);
  if (power < 0) return (1n << (127n + length)) / size + 1n;
  return length <= 128n ? size << (128n - length) : (size >> (length - 128n)) + 1n;
}
