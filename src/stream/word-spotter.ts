import type { ByteReader, ByteWriter, Classification } from "../core/index.js";

export interface SpotterOptions {
  /** In the order of the probabilities. */
  readonly classes: readonly string[];
  /** The class of steps at which there is nothing to be spotted. */
  readonly none: string;
  /** Steps whose probabilities are averaged. */
  readonly over: number;
  /** A class is spotted when its mean probability reaches this. */
  readonly threshold: number;
  /** Steps after that at which nothing is spotted: a word is spotted once. */
  readonly rest: number;
}

/**
 * Spots words in a stream that has no ends: smooths each step's probabilities over the last few, and names a class once
 * when its mean passes a threshold (posterior smoothing; Chen, Parada and Heigold 2014).
 */
export class WordSpotter {
  readonly #options: SpotterOptions;
  /** [over, O] the newest probabilities, as a ring; zeros before the first */
  readonly #ring: Float64Array;
  #count = 0;
  #restUntil = 0;

  constructor(options: SpotterOptions) {
    this.#options = options;
    this.#ring = new Float64Array(options.over * options.classes.length);
  }

  /** @param probabilities [O] of this step */
  step(probabilities: Float64Array): Classification | undefined {
    const { classes, none, over, threshold, rest } = this.#options;
    const O = classes.length;
    this.#ring.set(probabilities, (this.#count % over) * O);
    this.#count++;
    if (this.#count <= this.#restUntil) return undefined;
    let best: Classification | undefined;
    for (const [k, label] of classes.entries()) {
      if (label === none) continue;
      let sum = 0;
      for (let row = 0; row < over; row++) sum += this.#ring[row * O + k]!;
      if (sum / over >= Math.max(threshold, best?.probability ?? 0))
        best = { label, probability: sum / over };
    }
    if (best) this.#restUntil = this.#count + rest;
    return best;
  }

  write(to: ByteWriter): void {
    to.f64s(this.#ring).f64(this.#count).f64(this.#restUntil);
  }

  read(from: ByteReader): this {
    this.#ring.set(from.f64s());
    this.#count = from.f64();
    this.#restUntil = from.f64();
    return this;
  }
}
