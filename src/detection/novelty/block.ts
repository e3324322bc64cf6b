import type { ByteReader, ByteWriter } from "../../core/index.js";

/** How the values of a block become one. */
export type Aggregator = "mean" | "extreme";

/** A finished block: its value, and the largest and smallest in it. */
export interface BlockValue {
  readonly value: number;
  readonly largest: number;
  readonly smallest: number;
}

/**
 * Makes one value of every k values: their `mean`, or their `extreme`, the largest or the smallest, whichever lies
 * farther from the usual a <- (a + mean) / 2. Novelty is a matter of patterns that are longer than a few records.
 */
export class Block {
  readonly #size: number;
  readonly #aggregator: Aggregator;
  #count = 0;
  #sum = 0;
  #largest = Number.NEGATIVE_INFINITY;
  #smallest = Number.POSITIVE_INFINITY;
  /** NaN before the first block. */
  #usual = Number.NaN;

  /** @param size k, at least 1 */
  constructor(size: number, aggregator: Aggregator) {
    this.#size = size;
    this.#aggregator = aggregator;
  }

  /** @returns the block's value when this was its last */
  add(value: number): BlockValue | undefined {
    this.#count++;
    this.#sum += value;
    this.#largest = Math.max(this.#largest, value);
    this.#smallest = Math.min(this.#smallest, value);
    if (this.#count < this.#size) return undefined;
    const mean = this.#sum / this.#count;
    const [largest, smallest] = [this.#largest, this.#smallest];
    this.drop();
    this.#usual = Number.isNaN(this.#usual) ? mean : (this.#usual + mean) / 2;
    if (this.#aggregator === "mean") return { value: mean, largest, smallest };
    const isLow = Math.abs(largest - this.#usual) < Math.abs(smallest - this.#usual);
    return { value: isLow ? smallest : largest, largest, smallest };
  }

  /** Begins a block anew: what is in it does not belong to what comes. */
  drop(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#largest = Number.NEGATIVE_INFINITY;
    this.#smallest = Number.POSITIVE_INFINITY;
  }

  write(to: ByteWriter): void {
    to.u32(this.#count).f64(this.#sum).f64(this.#largest).f64(this.#smallest).f64(this.#usual);
  }

  read(from: ByteReader): void {
    this.#count = from.u32();
    this.#sum = from.f64();
    this.#largest = from.f64();
    this.#smallest = from.f64();
    this.#usual = from.f64();
  }
}
