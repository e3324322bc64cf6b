import type { ByteReader, ByteWriter } from "../../core/index.js";

/** Forecasts that wait for the value they foretell: a ring of `horizon` places, one per step to come. */
export class PendingForecasts {
  readonly #ring: Float64Array;
  #at = 0;

  constructor(horizon: number) {
    this.#ring = new Float64Array(horizon).fill(Number.NaN);
  }

  /** The forecast made `horizon` steps ago for the value that has just come; null if there is none. */
  due(): number | null {
    const forecast = this.#ring[this.#at] ?? Number.NaN;
    return Number.isNaN(forecast) ? null : forecast;
  }

  /** Takes the place of the forecast that was due by one for `horizon` steps from now. */
  push(forecast: number): void {
    this.#ring[this.#at] = forecast;
    this.#at = (this.#at + 1) % this.#ring.length;
  }

  /** After a gap nothing that was foretold is due. */
  clear(): void {
    this.#ring.fill(Number.NaN);
    this.#at = 0;
  }

  write(to: ByteWriter): void {
    to.u32(this.#at).f64s(this.#ring);
  }

  read(from: ByteReader): this {
    this.#at = from.u32();
    this.#ring.set(from.f64s());
    return this;
  }
}
