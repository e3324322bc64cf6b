import type { ByteReader, ByteWriter } from "../core/index.js";
import type { Scale } from "./feature.js";
import { RobustScaler } from "./robust-scaler.js";

const UNSCALED = { mean: 0, sd: 1 };

/** Scales a number as its feature says. */
export class RunningScale {
  readonly #scale: Scale;
  readonly #robust: RobustScaler | undefined;

  constructor(scale: Scale) {
    this.#scale = scale;
    this.#robust = scale === "robust" ? new RobustScaler() : undefined;
  }

  /** The number, scaled by what was known before it; then learns from it. */
  step(x: number): number {
    if (this.#robust) {
      const result = this.#robust.scale(x);
      this.#robust.learn(x);
      return result;
    }
    return typeof this.#scale === "string" ? x : (x - this.#scale.mean) / this.#scale.sd;
  }

  /** Writes location and spread as they stand to `to[at]` and `to[at + 1]`; a first value is its own location. */
  affine(x: number, to: Float64Array, at: number): void {
    const robust = this.#robust;
    const scale = typeof this.#scale === "string" ? UNSCALED : this.#scale;
    to[at] = robust ? (robust.isKnown ? robust.location : x) : scale.mean;
    to[at + 1] = robust?.spread ?? scale.sd;
  }

  write(to: ByteWriter): void {
    this.#robust?.write(to);
  }

  read(from: ByteReader): void {
    this.#robust?.read(from);
  }
}
