import { type ByteReader, type ByteWriter, exp } from "../../core/index.js";

/** A firing raises the bar for the next ones by so much... */
const HABITUATION = 0.07;
/** ...and is forgotten over so many warm-ups. */
const FORGOTTEN_IN = 8;
/** Share of the warm-up that has to pass between two firings. */
const REFRACTORY = 0.25;
/** Unless it is so many times as strong as anything since the last one: a gross fault soon after a slight one. */
const STRONGER = 2;

/**
 * When a strength fires. h, which rises by 0.07 with every firing and decays with exp(-1 / (8 W)) a row, makes the next
 * ones rarer: r = strength / (1 + h). It fires where r >= 1 and more than W / 4 rows have passed since it last did, or r is
 * at least twice the largest since then (that of the firing included).
 */
export class Firing {
  readonly #decay: number;
  readonly #refractory: number;
  #habituation = 0;
  #sinceFired = Number.POSITIVE_INFINITY;
  /** The largest r since it last fired, then included. */
  #peak = 0;

  /** @param warmUp rows of a key before it is known what is usual, W */
  constructor(warmUp: number) {
    this.#decay = exp(-1 / (FORGOTTEN_IN * warmUp));
    this.#refractory = REFRACTORY * warmUp;
  }

  /** @param strength 1 is due an alert */
  step(strength: number): { readonly r: number; readonly fires: boolean } {
    this.#habituation *= this.#decay;
    this.#sinceFired++;
    const r = strength / (1 + this.#habituation);
    const fires = r >= 1 && (this.#sinceFired > this.#refractory || r >= STRONGER * this.#peak);
    this.#peak = fires ? r : Math.max(this.#peak, r);
    if (fires) {
      this.#sinceFired = 0;
      this.#habituation += HABITUATION;
    }
    return { r, fires };
  }

  /** The same without firing: nobody is to be told, and what comes is nothing to get used to. */
  look(strength: number): number {
    this.#habituation *= this.#decay;
    this.#sinceFired++;
    return strength / (1 + this.#habituation);
  }

  write(to: ByteWriter): void {
    to.f64(this.#habituation).f64(this.#sinceFired).f64(this.#peak);
  }

  read(from: ByteReader): void {
    this.#habituation = from.f64();
    this.#sinceFired = from.f64();
    this.#peak = from.f64();
  }
}
