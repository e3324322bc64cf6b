import { Kernel, type Pointer } from "./kernel.js";

/** Powers of ten that the shortest text of a float64 may ask for. */
const LEAST_POWER = -292;
const LARGEST_POWER = 324;
/** -1.2345678901234567e-300 and a byte. */
const LONGEST = 25;
const WORD = (1n << 32n) - 1n;

/**
 * Writes numbers as JavaScript does, but as bytes: `String(x)` makes a string, and V8 keeps the newest ten thousand of
 * them, which each garbage collection then has to copy.
 */
export class DecimalWriter {
  /** The text of the number that was written last, from 0 on, in ASCII. */
  readonly bytes: Uint8Array;
  readonly #write: (to: Pointer, value: number, powers: Pointer) => number;
  readonly #to: Pointer;
  readonly #powers: Pointer;

  constructor() {
    const kernel = new Kernel();
    const powers = powersOfTen();
    this.#write = kernel.exports.writeDecimal;
    this.#powers = kernel.allocate(powers.length);
    this.#to = kernel.allocate(LONGEST);
    kernel.words.set(powers, this.#powers >>> 2);
    this.bytes = new Uint8Array(kernel.exports.memory.buffer, this.#to, LONGEST);
  }

  /**
   * @param value finite; -0 is written as 0
   * @returns how many of `bytes` its text takes
   */
  write(value: number): number {
    return this.#write(this.#to, value, this.#powers);
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
