import type { Baseline } from "./baseline.js";

/** Tomorrow is like today: the forecast is the newest value. */
export class Persistence implements Baseline {
  #newest = Number.NaN;

  forecast(): number {
    return this.#newest;
  }

  observe(y: number): void {
    this.#newest = y;
  }
}
