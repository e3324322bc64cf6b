import type { ByteReader, ByteWriter } from "../../core/index.js";
import { RankHistory } from "./rank-history.js";

/** Evidence of one channel: c <- rho c + (1 - rho) s, s the conformal surprise of what the channel measures. */
export class Evidence {
  readonly #ranks = new RankHistory();
  readonly #kept: number;
  #value = 0;

  /** @param kept rho, what is left of it after a step */
  constructor(kept: number) {
    this.#kept = kept;
  }

  get bytes(): number {
    return this.#ranks.bytes;
  }

  get value(): number {
    return this.#value;
  }

  /** @param counts false: z is remembered, and is no evidence of anything */
  add(z: number, counts: boolean): void {
    const surprise = this.#ranks.surprise(z);
    this.#value = counts ? this.#kept * this.#value + (1 - this.#kept) * surprise : 0;
  }

  write(to: ByteWriter): void {
    to.f64(this.#value);
    this.#ranks.write(to);
  }

  read(from: ByteReader): void {
    this.#value = from.f64();
    this.#ranks.read(from);
  }
}
