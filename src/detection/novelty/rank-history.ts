import { type ByteReader, type ByteWriter, log } from "../../core/index.js";

const TO_LOG10 = Math.LOG10E;
/** The largest values are remembered one by one. */
const LARGEST = 1000;

/**
 * Conformal p-values (Vovk, Gammerman and Shafer 2005) of surprises: how many of all earlier ones were at least as
 * large. The largest 1,000 are known one by one, of the others how many there are: beyond them p is close to 1
 * and says nothing.
 */
export class RankHistory {
  /** The largest so far, ascending; the first `#known` count. */
  readonly #largest = new Float32Array(LARGEST);
  #known = 0;
  #count = 0;

  /** s = -log10((1 + #{earlier >= z}) / (1 + m)); then z is one of them. */
  surprise(z: number): number {
    const value = Math.fround(z);
    const place = this.#lowerBound(value);
    // Among those that are forgotten half may have been as large, for all that is known.
    const forgotten = this.#count - this.#known;
    const atLeast = place === 0 ? this.#known + forgotten / 2 : this.#known - place;
    const surprise = -log((1 + atLeast) / (1 + this.#count)) * TO_LOG10;
    this.#insert(value, place);
    this.#count++;
    return Math.max(0, surprise);
  }

  /** Index of the first that is at least as large. */
  #lowerBound(value: number): number {
    let low = 0;
    let high = this.#known;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#largest[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(value: number, place: number): void {
    if (this.#known < LARGEST) {
      this.#largest.copyWithin(place + 1, place, this.#known);
      this.#largest[place] = value;
      this.#known++;
    } else if (place > 0) {
      this.#largest.copyWithin(0, 1, place);
      this.#largest[place - 1] = value;
    }
  }

  /** Bytes that it remembers in. */
  get bytes(): number {
    return this.#largest.byteLength;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f32s(this.#largest.slice(0, this.#known));
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    const largest = from.f32s();
    this.#known = largest.length;
    this.#largest.set(largest);
  }
}
