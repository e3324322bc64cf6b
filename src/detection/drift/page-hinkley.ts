import type { ByteReader, ByteWriter } from "../../core/index.js";
import type { DriftDetector } from "./drift-detector.js";

export interface PageHinkleyOptions {
  /** Changes of the mean smaller than this are none; default 0.05. */
  readonly tolerance?: number;
  /** Sum of deviations that tells a change; larger is slower and surer; default 20. */
  readonly threshold?: number;
  /** Values before it says anything; default 30. */
  readonly warmUp?: number;
}

/**
 * The test of Page (1954, "Continuous inspection schemes") and Hinkley (1971), on both sides: with the mean
 * m of all values since the last change, deviations beyond the tolerance d add up,
 *
 *     up = max(0, up + x - m - d),   down = max(0, down + m - x - d)
 *
 * and a change is told when either passes the threshold. Then all is forgotten. O(1) memory.
 */
export class PageHinkley implements DriftDetector {
  readonly #tolerance: number;
  readonly #threshold: number;
  readonly #warmUp: number;
  #count = 0;
  #mean = 0;
  #up = 0;
  #down = 0;

  constructor({ tolerance = 0.05, threshold = 20, warmUp = 30 }: PageHinkleyOptions = {}) {
    this.#tolerance = tolerance;
    this.#threshold = threshold;
    this.#warmUp = warmUp;
  }

  get mean(): number {
    return this.#mean;
  }

  learn(x: number): boolean {
    this.#count++;
    this.#mean += (x - this.#mean) / this.#count;
    this.#up = Math.max(0, this.#up + x - this.#mean - this.#tolerance);
    this.#down = Math.max(0, this.#down + this.#mean - x - this.#tolerance);
    if (this.#count < this.#warmUp || Math.max(this.#up, this.#down) <= this.#threshold) return false;
    this.#count = 0;
    this.#mean = 0;
    this.#up = 0;
    this.#down = 0;
    return true;
  }

  write(to: ByteWriter): void {
    to.f64(this.#count).f64(this.#mean).f64(this.#up).f64(this.#down);
  }

  read(from: ByteReader): void {
    this.#count = from.f64();
    this.#mean = from.f64();
    this.#up = from.f64();
    this.#down = from.f64();
  }
}
