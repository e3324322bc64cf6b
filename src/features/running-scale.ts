import type { ByteReader, ByteWriter } from "../core/index.js";
import type { Scale } from "./feature.js";
import { RobustScaler } from "./robust-scaler.js";

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

  /** Location and spread as they stand; a first value is its own location. */
  affine(x: number): readonly [location: number, spread: number] {
    const robust = this.#robust;
    if (robust) return [robust.isKnown ? robust.location : x, robust.spread];
    return typeof this.#scale === "string" ? [0, 1] : [this.#scale.mean, this.#scale.sd];
  }

  write(to: ByteWriter): void {
    this.#robust?.write(to);
  }

  read(from: ByteReader): void {
    this.#robust?.read(from);
  }
}
