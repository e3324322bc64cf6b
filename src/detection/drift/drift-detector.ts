import type { ByteReader, ByteWriter } from "../../core/index.js";

/** Watches a stream of numbers, such as scaled forecast errors, for a change of their mean. */
export interface DriftDetector {
  /** Mean of what is remembered: of the time since the last change, as far as that is known. */
  readonly mean: number;
  /**
   * @param x finite; what range it may have says the detector
   * @returns whether the mean has changed: said once per change
   */
  learn(x: number): boolean;
  write(to: ByteWriter): void;
  read(from: ByteReader): void;
}
