import type { ByteReader, ByteWriter } from "../../core/index.js";

const LARGEST = 1000;

/**
 * Median and spread of the warm-up, which then stay: v = (x - median) / s, within +-1000, with
 *
 *     s = max(IQR / 1.35, 0.152 (P95 - P5), 0.1 sd, the sensor's resolution, 1e-9 |median|, 1e-12)
 *
 * A scale that went along with the signal would call every pattern usual in the end.
 */
export class FrozenScale {
  #median = 0;
  #spread = 1;

  /** @param values of the warm-up; at least one */
  freeze(values: Float64Array): void {
    const sorted = values.slice().sort();
    const at = (share: number) => {
      const place = share * (sorted.length - 1);
      const below = Math.floor(place);
      const low = sorted[below] ?? 0;
      return low + (place - below) * ((sorted[below + 1] ?? low) - low);
    };
    const mean = sorted.reduce((sum, value) => sum + value / sorted.length, 0);
    const variance = sorted.reduce(
      (sum, value) => sum + ((value - mean) * (value - mean)) / sorted.length,
      0,
    );
    this.#median = at(0.5);
    this.#spread = Math.max(
      (at(0.75) - at(0.25)) / 1.35,
      0.152 * (at(0.95) - at(0.05)),
      0.1 * Math.sqrt(variance),
      resolution(sorted),
      1e-9 * Math.abs(this.#median),
      1e-12,
    );
  }

  apply(x: number): number {
    const v = (x - this.#median) / this.#spread;
    return Math.min(LARGEST, Math.max(-LARGEST, v));
  }

  write(to: ByteWriter): void {
    to.f64(this.#median).f64(this.#spread);
  }

  read(from: ByteReader): void {
    this.#median = from.f64();
    this.#spread = from.f64();
  }
}

/** The smallest step between two values that a sensor has told apart; 0 of a constant. */
function resolution(sorted: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < sorted.length; i++) {
    const step = (sorted[i] ?? 0) - (sorted[i - 1] ?? 0);
    if (step > 0 && step < least) least = step;
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least;
}
